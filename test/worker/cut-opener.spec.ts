import { describe, expect, it } from "vitest";
import { StationError } from "../../src/core/error.ts";
import type { AtLink, AtLinkOpener } from "../../src/modem/at-link.ts";
import { CutOpener } from "../../src/worker/cut-opener.ts";

const LOST = new StationError("line.lease-lost", "the line took the unit away");

/** Links that remember whether they were closed; an opener that may be slow, and does not look at its signal. */
class Links implements AtLinkOpener {
  readonly closed: string[] = [];
  opened = 0;
  slow: Promise<void> = Promise.resolve();

  async open(): Promise<AtLink> {
    await this.slow;
    this.opened += 1;
    const name = `tcp://127.0.0.1:${this.opened}`;
    return {
      name,
      listen: () => undefined,
      write: () => Promise.resolve(),
      close: () => {
        this.closed.push(name);
        return Promise.reject(new StationError("link.lost", "the port is gone"));
      },
    };
  }
}

describe("links of a run that may be cut off from its unit", () => {
  it("are closed at once when it is, each of them", async () => {
    const [links, cut] = [new Links(), new AbortController()];
    const opener = new CutOpener(links, cut.signal);
    await opener.open();
    await opener.open(new AbortController().signal);
    expect(links.closed).toEqual([]);
    cut.abort(LOST);
    expect(links.closed).toEqual(["tcp://127.0.0.1:1", "tcp://127.0.0.1:2"]);
  });

  it("do not outlive an opening that ends after it", async () => {
    const [links, cut] = [new Links(), new AbortController()];
    const late = { open: (): void => undefined };
    links.slow = new Promise((resolve) => (late.open = resolve));
    const opening = new CutOpener(links, cut.signal).open();
    cut.abort(LOST);
    late.open();
    await expect(opening).rejects.toBe(LOST);
    expect(links.closed).toHaveLength(1);
    await expect(new CutOpener(links, cut.signal).open()).rejects.toBe(LOST);
    expect(links.closed).toHaveLength(links.opened);
  });
});
