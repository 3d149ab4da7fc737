import { describe, expect, it } from "vitest";
import { answerRequest } from "../../../main/ipc/answer-request.ts";
import type { Handlers } from "../../../main/ipc/handlers.ts";
import { OPEN_SESSION, type Role, type Session } from "../../../src/contract/desktop-session.ts";
import { REQUESTS, roleOf, type RequestKind } from "../../../src/contract/desktop.ts";

const as = (role?: Role): Session => ({
  ...{ open: false, people: [] },
  operator: role === undefined ? null : { name: "Ana", role },
});
// The table's own keys.
const KINDS = Object.keys(REQUESTS) as readonly RequestKind[];

/** Whether a session is refused a request, and how; whatever the request's form. */
async function refusal(session: Session, kind: RequestKind): Promise<string | undefined> {
  const handlers = Object.fromEntries(KINDS.map((known) => [known, () => null])) as unknown as Handlers;
  const reply = await answerRequest(handlers, () => session, kind, null);
  if (reply.ok) return undefined;
  return ["desktop.not-allowed", "operators.signed-out"].find((code) => code === reply.error.code);
}

describe.each(KINDS)("the request %s", (kind) => {
  const role = roleOf(kind);

  it(`is answered to ${role ?? "everybody"}${role === "operator" ? "s and engineers" : ""} only`, async () => {
    const refused = await Promise.all([as(), as("operator"), as("engineer")].map((session) => refusal(session, kind)));
    expect(refused).toEqual(
      {
        none: [undefined, undefined, undefined],
        operator: ["operators.signed-out", undefined, undefined],
        engineer: ["desktop.not-allowed", "desktop.not-allowed", undefined],
      }[role ?? "none"],
    );
  });

  it("is answered at a station that is open", async () => {
    expect(await refusal(OPEN_SESSION, kind)).toBeUndefined();
  });
});

describe("the roles of the requests", () => {
  it("let everybody stop, look and sign in", () => {
    for (const kind of [
      "snapshot",
      "abort",
      "history.runs",
      "history.verify",
      "session.signIn",
      "session.signOut",
    ] as const)
      expect(roleOf(kind)).toBeUndefined();
  });

  it("let those who are signed in start and export", () => {
    for (const kind of ["start", "history.export"] as const) expect(roleOf(kind)).toBe("operator");
  });

  it("let only engineers change the station: whatever writes has a role", () => {
    const changing = /^(library\.(?!list|read)|operators\.)|\.schedule$|^(configuration|fixture)\.write$/;
    const wrong = KINDS.filter((kind) => changing.test(kind) && roleOf(kind) !== "engineer");
    expect(wrong).toEqual([]);
  });
});
