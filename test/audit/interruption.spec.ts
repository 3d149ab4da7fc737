import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { interruption } from "../../src/audit/interruption.ts";
import { verifyDatabase } from "../../src/audit/verify-database.ts";
import type { RunEventBody } from "../../src/contract/run-event.ts";
import type { ClaimsEvent } from "../../src/contract/station-event.ts";
import { reportOf } from "../../src/core/error.ts";
import { at, batchStart, event, failureOf, identified, uuidOf } from "./samples.ts";
import { TempAudit } from "./temp-audit.ts";

const uuid = uuidOf(1);
const claim = { type: "claim.announced", act: "claim", uuid, tags: ["line-4"] } as const;
const unclaim = { ...claim, act: "unclaim", tags: [] } as const;
const claimed = { type: "claim.concluded", act: "claim", uuid, result: "claimed" } as const;
const queue = { type: "queue.announced", act: "queue", first: 1, commands: ["finished"], mark: "m" } as const;
const queued = { type: "queue.concluded", act: "queue", result: "done", ids: ["c1"] } as const;

describe("a run that was cut off at the owner's side", () => {
  let temp: TempAudit;
  beforeEach(async () => {
    temp = await TempAudit.make();
  });
  afterEach(() => temp.dispose());

  it.each([
    [[claim], "claim"],
    [[claim, claimed], undefined],
    [[claim, claimed, queue], "queue"],
    [[claim, claimed, queue, queued], undefined],
    [[unclaim], "unclaim"],
    [[claim, claimed, { ...queue, act: "discard" }], "discard"],
  ] as readonly (readonly [readonly RunEventBody[], string | undefined])[])(
    "says what was announced and has no end (%#)",
    async (bodies, act) => {
      const { store } = await temp.open();
      await store.startBatch(batchStart(1));
      for (const [index, body] of [identified(1), ...bodies].entries()) await store.append(event(1, index + 1, body));
      await store.close();
      const { recovered } = await temp.open();
      expect(recovered[0]?.ownerAct).toBe(act);
      const code = act === undefined ? "run.interrupted" : "run.claim-interrupted";
      expect(temp.rows("SELECT code FROM run")).toEqual([{ code }]);
      const [row] = temp.rows("SELECT body FROM event WHERE type = 'run.recovered'");
      const told = JSON.parse(String(row?.["body"])) as { readonly ownerAct?: string };
      expect(told.ownerAct).toBe(act);
      expect(await verifyDatabase(temp.file)).toMatchObject({ ok: true });
    },
  );

  it("tells in a sentence what the station was doing", () => {
    expect(reportOf(interruption({ ownerAct: "claim" }))).toMatchObject({
      ...{ code: "run.claim-interrupted", what: "the station stopped while it claimed the unit" },
      facts: { ownerAct: "claim" },
    });
    expect(interruption({ ownerAct: "queue" }).message).toContain("queued the unit's commands");
    expect(interruption({ lastCommand: "%KEYGEN 1,2,0" }).code).toBe("run.interrupted");
  });

  it("records claims away from runs in the chain, and refuses a token among them", async () => {
    const { store } = await temp.open();
    const units = [uuidOf(1), uuidOf(2)];
    const common = { at: at(1), act: "claim", profile: "nRF Cloud" } as const;
    await store.recordClaims({ type: "claims.announced", ...common, tags: ["a"], units });
    await store.recordClaims({
      ...{ type: "claims.concluded", ...common },
      units: units.map((each) => ({ uuid: each, result: "claimed" as const })),
    });
    const token = `2dn3${"hQFQUDYxVDkxRPCAIhIbZAFifQNQGv86y".repeat(3)}.0oRDoQEmoQRBIfZYQGuXwJliinHc6xDPruiyjsaXyXZbZVpU`;
    const leak: ClaimsEvent = { type: "claims.announced", ...common, tags: [token.slice(0, 200)], units };
    expect(await failureOf(store.recordClaims(leak))).toMatchObject({ code: "audit.secret" });
    await store.close();
    const types = temp.rows("SELECT type FROM event WHERE type LIKE 'claims.%' ORDER BY position");
    expect(types).toEqual([{ type: "claims.announced" }, { type: "claims.concluded" }]);
    expect(await verifyDatabase(temp.file)).toMatchObject({ ok: true });
  });
});
