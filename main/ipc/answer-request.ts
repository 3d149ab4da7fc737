import { mayAct, type Role, type Session } from "../../src/contract/desktop-session.ts";
import {
  isRequestKind,
  REQUESTS,
  roleOf,
  type Asked,
  type Reply,
  type RequestKind,
} from "../../src/contract/desktop.ts";
import { reportOf, StationError } from "../../src/core/error.ts";
import type { Handlers } from "./handlers.ts";

/**
 * Answers a request as it came from the window: unknown kinds and forms are refused, and what the session has no right to;
 * every error becomes a report. Never throws.
 */
export async function answerRequest(
  handlers: Handlers,
  session: () => Session,
  kind: unknown,
  asks: unknown,
): Promise<Reply> {
  try {
    if (!isRequestKind(kind))
      throw new StationError("desktop.request", "there is no such request", { kind: shown(kind) });
    const role = roleOf(kind);
    if (role !== undefined) requireRole(session(), role, kind);
    return { ok: true, answer: await handle(handlers, kind, asks) };
  } catch (error) {
    return { ok: false, error: reportOf(error) };
  }
}

/** @throws StationError desktop.not-allowed, operators.signed-out */
function requireRole(session: Session, role: Role, kind: RequestKind): void {
  if (mayAct(session, role)) return;
  if (role === "engineer")
    throw new StationError("desktop.not-allowed", "this needs an engineer", { request: kind, role });
  throw new StationError("operators.signed-out", "nobody is signed in", { request: kind });
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
