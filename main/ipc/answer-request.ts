import { isRequestKind, REQUESTS, type Asked, type Reply, type RequestKind } from "../../src/contract/desktop.ts";
import { reportOf, StationError } from "../../src/core/error.ts";
import type { Handlers } from "./handlers.ts";

/** Answers a request as it came from the window: unknown kinds and forms are refused, every error becomes a report. Never throws. */
export async function answerRequest(handlers: Handlers, kind: unknown, asks: unknown): Promise<Reply> {
  try {
    if (!isRequestKind(kind))
      throw new StationError("desktop.request", "there is no such request", { kind: shown(kind) });
    return { ok: true, answer: await handle(handlers, kind, asks) };
  } catch (error) {
    return { ok: false, error: reportOf(error) };
  }
}

function handle(handlers: Handlers, kind: RequestKind, asks: unknown): unknown {
  const asked = REQUESTS[kind].asks.safeParse(asks);
  if (!asked.success) {
    const [issue] = asked.error.issues;
    const field = issue === undefined ? "" : issue.path.map(String).join(".").slice(0, 200);
    const problem = issue?.message.slice(0, 200) ?? "";
    throw new StationError("desktop.request", "the request is not of its form", { kind, field, problem });
  }
  // The schema of this kind has just taken it, which the union of all kinds does not tell.
  const handler = handlers[kind] as (asked: Asked<RequestKind>) => unknown;
  return handler(asked.data);
}

function shown(kind: unknown): string {
  return typeof kind === "string" ? kind.slice(0, 64) : typeof kind;
}
