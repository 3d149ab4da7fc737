import { abortReason } from "../core/clock.ts";
import type { AtLink, AtLinkOpener } from "../modem/at-link.ts";

/** Opens links that are closed at once when their run is cut off from its unit, and none afterwards. */
export class CutOpener implements AtLinkOpener {
  readonly #opener: AtLinkOpener;
  readonly #cut: AbortSignal;

  constructor(opener: AtLinkOpener, cut: AbortSignal) {
    this.#opener = opener;
    this.#cut = cut;
  }

  /** @throws StationError link.*; the reason of the cut */
  async open(signal?: AbortSignal): Promise<AtLink> {
    const cut = this.#cut;
    const link = await this.#opener.open(signal === undefined ? cut : AbortSignal.any([signal, cut]));
    const close = (): void => void link.close().catch(() => undefined);
    if (cut.aborted) {
      close();
      throw abortReason(cut);
    }
    cut.addEventListener("abort", close, { once: true });
    return link;
  }
}
