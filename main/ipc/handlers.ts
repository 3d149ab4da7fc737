import type { Answers, Asked, RequestKind } from "../../src/contract/desktop.ts";

/** One function a request; each takes what was asked, parsed. */
export type Handlers = {
  readonly [Kind in RequestKind]: (asked: Asked<Kind>) => Answers<Kind> | Promise<Answers<Kind>>;
};
