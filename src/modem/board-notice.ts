import type { StationError } from "../core/error.ts";

/** What a board tells of its own accord, between and within answers. */
export type BoardNotice =
  /** A notification of the modem: `+CEREG: 1`, `#XNRFPROV: 0`. */
  | { readonly kind: "notification"; readonly line: string }
  /** A log line of the firmware: `[00:00:12.345,678] <inf> app: tick`, with or without its time. */
  | { readonly kind: "log"; readonly line: string }
  /** The board started anew. */
  | { readonly kind: "restart" }
  /** The link is gone; nothing follows. */
  | { readonly kind: "lost"; readonly error: StationError };

/** A board whose notices can be listened to. */
export interface NoticeBoard {
  /** Calls `listener` with each notice, in order; the returned function ends it. It must not throw. */
  watch(listener: (notice: BoardNotice) => void): () => void;
}
