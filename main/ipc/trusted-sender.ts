import { StationError } from "../../src/core/error.ts";

/** Origin of the station's own pages. */
export const APP_ORIGIN = "app://station";

/** What is known of whoever sent a message. */
export type SenderFacts = {
  /** Whether the page belongs to the station's window. */
  readonly ownWindow: boolean;
  /** Whether it is the page itself, not a frame in it. */
  readonly mainFrame: boolean;
  /** Address of the page; undefined when it is gone. */
  readonly url: string | undefined;
};

/** @throws StationError desktop.sender unless the message comes from the page of the station's own window */
export function requireTrusted({ ownWindow, mainFrame, url }: SenderFacts): void {
  if (ownWindow && mainFrame && url !== undefined && isOwnPage(url)) return;
  throw new StationError("desktop.sender", "a message did not come from the station's window", {
    ...{ ownWindow, mainFrame },
    url: url?.slice(0, 200) ?? null,
  });
}

/** Whether an address is one of the station's own pages. */
export function isOwnPage(address: string): boolean {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  // Custom schemes have an opaque origin: scheme and host are compared by themselves.
  return url?.protocol === "app:" && url.host === "station" && url.username === "" && url.password === "";
}
