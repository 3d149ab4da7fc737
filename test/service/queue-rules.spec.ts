import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Command, CommandResponse } from "../../src/provisioning/command.ts";
import { ownerResult } from "../../src/service/owner-result.ts";
import { changesAfter, changesByReport, type QueueEntry } from "../../src/service/queue-rules.ts";
import { carriesSecret, recordOf } from "../../src/service/request-record.ts";
import { judge } from "../../src/service/verdict.ts";

const at = (id: string, ignoreCmeErrors: readonly number[] = []): Command => ({
  ...{ kind: "at", id, command: "%X", parameters: "1" },
  ignoreCmeErrors,
});

const entry = (command: Command, number: number, state: QueueEntry["state"] = "DELIVERED"): QueueEntry => ({
  ...{ id: command.id, ownerCommand: `o${number}`, number, command, state },
});

const states = (changes: readonly { readonly id: string; readonly state: string }[]): Record<string, string> =>
  Object.fromEntries(changes.map(({ id, state }) => [id, state]));

const ok = (id: string): CommandResponse => ({ kind: "at", id, message: "OK\r\n" });

describe("judging a result", () => {
  it("follows the text, not the type, and knows the ignored codes", () => {
    const command = at("a", [513]);
    const message = (text: string) => judge(command, { kind: "at", id: "a", message: text });
    expect(message('%KEYGEN: "x"\r\nOK\r\n')).toMatchObject({ ok: true });
    expect(message("OK")).toMatchObject({ ok: true });
    expect(message("+CME ERROR: 513\r\n")).toMatchObject({ ok: true, cme: 513 });
    expect(message("+CMS ERROR: 513\r\n")).toMatchObject({ ok: true });
    expect(message("+CME ERROR: 514\r\n")).toMatchObject({ ok: false, cme: 514 });
    expect(message("NOT OK\r\n")).toMatchObject({ ok: false });
    expect(message("OK\r\nERROR\r\n")).toMatchObject({ ok: false });
    expect(judge(command, { kind: "config", id: "a" })).toMatchObject({ ok: false });
    expect(judge({ kind: "finished", id: "a" }, { kind: "finished", id: "a" })).toEqual({ ok: true });
  });
});

describe("the removal rules", () => {
  const queue = [entry(at("a"), 1), entry(at("b"), 2), entry(at("c"), 3), entry(at("d"), 4, "QUEUED")];

  it("remove what succeeded and put back what was not executed", () => {
    expect(states(changesByReport(queue, [ok("a"), ok("b")]))).toEqual({ a: "SUCCEEDED", b: "SUCCEEDED", c: "QUEUED" });
  });

  it("remove the failed command and all that remain, delivered or not", () => {
    const failed: CommandResponse = { kind: "error", id: "b", cme: 518, message: "+CME ERROR: 518\r\n" };
    expect(states(changesByReport(queue, [ok("a"), failed]))).toEqual({
      a: "SUCCEEDED",
      b: "FAILED",
      c: "DROPPED",
      d: "DROPPED",
    });
  });

  it("believe later results even when an earlier text was an error that the device took for a success", () => {
    const plain: CommandResponse = { kind: "at", id: "a", message: "ERROR\r\n" };
    expect(states(changesByReport(queue, [plain, ok("b"), ok("c")]))).toEqual({
      ...{ a: "FAILED", b: "SUCCEEDED", c: "SUCCEEDED", d: "DROPPED" },
    });
  });

  it("ignore unknown ids and count the first of repeated results", () => {
    expect(changesByReport(queue, [ok("x")])).toEqual([]);
    const failed: CommandResponse = { kind: "error", id: "a", cme: 1, message: "" };
    expect(states(changesByReport(queue, [ok("a"), failed, ok("b"), ok("c")]))["a"]).toBe("SUCCEEDED");
  });

  it("decide about each entry once, for any report", () => {
    const anyId = fc.constantFrom("a", "b", "c", "d", "x");
    const response: fc.Arbitrary<CommandResponse> = fc.oneof(
      anyId.map(ok),
      anyId.map((id): CommandResponse => ({ kind: "error", id, cme: 1, message: "" })),
      anyId.map((id): CommandResponse => ({ kind: "finished", id })),
    );
    fc.assert(
      fc.property(fc.array(response, { maxLength: 20 }), (responses) => {
        const changes = changesByReport(queue, responses);
        expect(new Set(changes.map(({ id }) => id)).size).toBe(changes.length);
        const failed = changes.some(({ state }) => state === "FAILED");
        expect(failed ? changes.length : queue.length).toBe(queue.length);
      }),
    );
  });
});

describe("a lost report", () => {
  const finished: Command = { kind: "finished", id: "f" };
  const queue = [entry(finished, 1), entry(at("a"), 2), entry(at("b"), 3), entry(at("c"), 4, "QUEUED")];

  it("leaves everything delivered up to `after` unknown, in the order of delivery", () => {
    expect(states(changesAfter(queue, "a"))).toEqual({ a: "LOST" });
    expect(states(changesAfter(queue, "f"))).toEqual({ a: "LOST", b: "LOST", f: "LOST" });
  });

  it("is not assumed when `after` names nothing that was delivered", () => {
    for (const after of ["", "c", "unknown"]) expect(changesAfter(queue, after)).toEqual([]);
  });
});

describe("the owner's view", () => {
  const row = (id: string, state: "QUEUED" | "DELIVERED" | "SUCCEEDED" | "FAILED" | "LOST" | "DROPPED") => ({
    ...{ id, state, message: null, cme: null, reason: null },
  });

  it("sums the device commands up; a helper's unknown fate does not count", () => {
    const status = (...rows: readonly ReturnType<typeof row>[]) => ownerResult("config", rows).status;
    expect(status(row("a.s", "QUEUED"), row("a", "QUEUED"))).toBe("PENDING");
    expect(status(row("a.s", "DELIVERED"), row("a", "QUEUED"))).toBe("IN_PROGRESS");
    expect(status(row("a.s", "SUCCEEDED"), row("a", "QUEUED"))).toBe("IN_PROGRESS");
    expect(status(row("a.s", "LOST"), row("a", "SUCCEEDED"))).toBe("SUCCEEDED");
    expect(status(row("a.s", "SUCCEEDED"), row("a", "LOST"))).toBe("FAILED");
    expect(status(row("a.s", "FAILED"), row("a", "DROPPED"))).toBe("FAILED");
  });
});

describe("the record of a request", () => {
  it("holds digests instead of secrets", () => {
    const texts = [
      recordOf({ kind: "clientPrivateKey", options: { secTag: 1, content: "PLANTED", password: "PLANTED" } }),
      recordOf({ kind: "preSharedKey", options: { secTag: 1, identity: "x", secret: "PLANTED" } }),
      recordOf({ kind: "atCommand", options: { command: "%X", parameters: "PLANTED", ignoreCmeErrors: [] } }),
    ].map((record) => JSON.stringify(record));
    for (const text of texts) {
      expect(text).not.toContain("PLANTED");
      expect(text).toContain('"length":7');
    }
    expect(recordOf({ kind: "finished", options: {} })).toEqual({ finished: {} });
  });

  it("knows the AT commands that carry secrets", () => {
    const secret = (command: string, parameters: string) =>
      carriesSecret({ kind: "atCommand", options: { command, parameters, ignoreCmeErrors: [] } });
    expect(secret("%CMNG", '0,1,2,"x"')).toBe(true);
    expect(secret("%cmng", '0, 1 , 3,"x"')).toBe(true);
    expect(secret("+CPIN", '"1234"')).toBe(true);
    expect(secret("%CMNG", '0,1,0,"x"')).toBe(false);
    expect(secret("%CMNG", "3,1,2")).toBe(false);
    expect(secret("%XPTW", "1")).toBe(false);
  });
});
