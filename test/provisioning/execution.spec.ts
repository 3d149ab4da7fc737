import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StationError } from "../../src/core/error.ts";
import { encodeCommandList } from "../../src/provisioning/command-list-encoder.ts";
import type { Command } from "../../src/provisioning/command.ts";
import type { Execution } from "../../src/provisioning/execution-seam.ts";
import { decodeResponseList } from "../../src/provisioning/response-list-decoder.ts";
import { commandLists } from "../fakes/command-arbitraries.ts";
import { at, executionRig, finished, responsesOf, text } from "../fakes/execution-rig.ts";

const payloadOf = (execution: Execution): Uint8Array =>
  execution.kind === "report" ? execution.payload : new Uint8Array(0);

describe("executing a command list", () => {
  it("turns CMEE on, announces before it sends, restores CMEE, goes online, and acknowledges FINISHED last", async () => {
    const { run, log, state, concluded } = executionRig({ cfun: 1 });
    const execution = await run([
      finished("f"),
      at("a", "+X", "1"),
      { kind: "config", id: "c", properties: [["k", "v"]] },
    ]);
    expect(log).toEqual([
      ...["AT+CMEE?", "AT+CMEE=1", "AT+CFUN?", "offline", "announce a 2/3", "AT+X=1", "announce c 3/3", "k=v"],
      ...["AT+CMEE=0", "online"],
    ]);
    expect(execution).toMatchObject({ kind: "report", finished: true });
    expect(responsesOf(execution)).toEqual([
      { kind: "at", id: "a", message: "OK\r\n" },
      { kind: "config", id: "c" },
      { kind: "finished", id: "f" },
    ]);
    expect(concluded).toHaveLength(3);
    expect(state.latest).toBe("c");
    expect(decodeResponseList(payloadOf(execution))).toEqual(responsesOf(execution));
  });

  it.each([
    ["a plain ERROR", "ERROR\r\n"],
    ["CME error 0", "+CME ERROR: 0\r\n"],
  ])("takes %s for a failure by default and for a success in strict compatibility", async (_name, reply) => {
    const commands = [at("a", "+X", "1"), finished("f")];
    const usual = await executionRig({ replies: { "AT+X=1": text(reply) } }).run(commands);
    expect(usual).toMatchObject({ finished: false, failure: { code: "provisioning.command-refused" } });
    expect(responsesOf(usual)).toEqual([{ kind: "error", id: "a", cme: 0, message: reply }]);
    const strict = await executionRig({ replies: { "AT+X=1": text(reply) }, compatibility: "strict" }).run(commands);
    expect(responsesOf(strict)).toEqual([
      { kind: "at", id: "a", message: reply },
      { kind: "finished", id: "f" },
    ]);
  });

  it("takes an ignored code, 0 included, for a success", async () => {
    const replies = { "AT+X=1": text("+CME ERROR: 0\r\n"), "AT+X=2": text("+CMS ERROR: 301\r\n") };
    const execution = await executionRig({ replies }).run([at("a", "+X", "1", [0]), at("b", "+X", "2", [301])]);
    expect(responsesOf(execution).map((response) => response.kind)).toEqual(["at", "at"]);
  });

  it("stops at the first error and names command and code, but never parameters, in the failure", async () => {
    const { run, log } = executionRig({ replies: { 'AT%CMNG=0,1,2,"key"': text("+CME ERROR: 515\r\n") } });
    const execution = await run([at("a", "%CMNG", '0,1,2,"key"'), at("b", "+X", "1"), finished("f")]);
    expect(execution).toMatchObject({
      finished: false,
      failure: { facts: { command: "AT%CMNG", reply: "+CME ERROR: 515" } },
    });
    expect(responsesOf(execution)).toHaveLength(1);
    expect(log).not.toContain("AT+X=1");
    expect(JSON.stringify(execution)).not.toContain("key");
  });

  it("reports a silent modem as an error with code 0 and keeps the modem error's own code", async () => {
    const execution = await executionRig({ replies: { "AT+X=1": { errno: -5 } } }).run([at("a", "+X", "1")]);
    expect(responsesOf(execution)).toEqual([{ kind: "error", id: "a", cme: 0, message: "" }]);
    expect(execution).toMatchObject({ failure: { code: "at.silent", facts: { command: "AT+X" } } });
  });

  it("ends without a response when the functional mode cannot be read, and reports what was done before", async () => {
    const { run, concluded, log, state } = executionRig({ replies: { "AT+CFUN?": text("ERROR\r\n") } });
    const execution = await run([{ kind: "config", id: "c", properties: [] }, at("a", "+X", "1"), finished("f")]);
    expect(responsesOf(execution)).toEqual([{ kind: "config", id: "c" }]);
    expect(execution).toMatchObject({ finished: false, failure: { code: "provisioning.mode-unreadable" } });
    expect(concluded).toEqual([{ kind: "config", id: "c" }, undefined]);
    expect(log.slice(-2)).toEqual(["AT+CMEE=0", "online"]);
    expect(state.latest).toBe("c");
    const alone = await executionRig({ replies: { "AT+CFUN?": text("ERROR\r\n") } }).run([at("a", "+X", "1")]);
    expect(alone).toMatchObject({ kind: "none", errno: "ENODATA", reason: { code: "provisioning.mode-unreadable" } });
  });

  it("acknowledges FINISHED after an unreadable mode in strict compatibility only", async () => {
    const replies = { "AT+CFUN?": text("ERROR\r\n") };
    const list = [finished("f"), at("a", "+X", "1")];
    expect(await executionRig({ replies, compatibility: "strict" }).run(list)).toMatchObject({ finished: true });
    expect(await executionRig({ replies }).run(list)).toMatchObject({ kind: "none", errno: "ENODATA" });
  });

  it("ends at once, CMEE left on, when the modem does not go offline", async () => {
    const { run, log } = executionRig({ cfun: 1, offline: "ETIMEDOUT" });
    const execution = await run([at("a", "+X", "1")]);
    expect(execution).toMatchObject({ kind: "none", errno: "ETIMEDOUT", reason: { facts: { mode: "offline" } } });
    expect(log).toEqual(["AT+CMEE?", "AT+CMEE=1", "AT+CFUN?", "offline"]);
  });

  it("sends no report when the modem does not come online again", async () => {
    const execution = await executionRig({ online: "ETIMEDOUT" }).run([at("a", "+X", "1")]);
    expect(execution).toMatchObject({ kind: "none", errno: "ETIMEDOUT", reason: { facts: { mode: "online" } } });
  });

  it("executes nothing of a list that cannot be read", async () => {
    const { run, log } = executionRig();
    expect(await run(Uint8Array.of(0x80))).toMatchObject({ kind: "none", errno: "EINVAL" });
    const eleven = encodeCommandList(Array.from({ length: 11 }, () => finished("f")));
    expect(await run(eleven)).toMatchObject({ kind: "none", errno: "ENOMEM" });
    expect(log).toEqual([]);
  });

  it("answers ENODATA when the results do not fit the transmit buffer", async () => {
    const execution = await executionRig({ txBytes: 5 }).run([at("a", "+X", "1")]);
    expect(execution).toMatchObject({
      kind: "none",
      errno: "ENODATA",
      reason: { code: "provisioning.report-too-large" },
    });
  });

  it("acknowledges only the last FINISHED and concludes the others without a response", async () => {
    const { run, concluded } = executionRig();
    expect(responsesOf(await run([finished("1"), finished("2")]))).toEqual([{ kind: "finished", id: "2" }]);
    expect(concluded).toEqual([undefined, { kind: "finished", id: "2" }]);
  });

  it("leaves an AT string beyond the buffer unsent and reports it as failed", async () => {
    const { run, log } = executionRig();
    const execution = await run([at("a", "+X", "x".repeat(2300))]);
    expect(execution).toMatchObject({ failure: { code: "provisioning.command-too-long" } });
    expect(responsesOf(execution)).toMatchObject([{ kind: "error", cme: 0 }]);
    expect(log.some((line) => line.startsWith("AT+X") || line.startsWith("announce"))).toBe(false);
    expect(responsesOf(await executionRig().run([at("a", "+X", "x".repeat(2298))]))).toMatchObject([{ kind: "at" }]);
  });

  it("reports a reply above 4095 characters as failed", async () => {
    const reply = `${"x".repeat(4090)}\r\nOK\r\n`;
    const execution = await executionRig({ replies: { "AT+X=1": text(reply) } }).run([at("a", "+X", "1")]);
    expect(execution).toMatchObject({ failure: { code: "provisioning.reply-too-long" } });
    expect(responsesOf(execution)).toMatchObject([{ kind: "error", cme: 0 }]);
  });

  it("cuts names, parameters, keys and replies at a NUL, as C strings are", async () => {
    const { run, log, state } = executionRig({ replies: { "AT+X=1": text("a\0b\r\nOK\r\n") } });
    const config: Command = { kind: "config", id: "c\0d", properties: [["k\0z", "v\0w"]] };
    const execution = await run([at("a", "+X\0Y", "1\0;2"), config]);
    expect(responsesOf(execution)[0]).toEqual({ kind: "at", id: "a", message: "a" });
    expect(log).toContain("AT+X=1");
    expect(log).toContain("k=v\0w");
    expect(state.latest).toBe("c");
  });

  it("keeps the settings before a refused one and reports its place and errno", async () => {
    const refusal = new StationError("provisioning.setting-refused", "full", { errno: 28 });
    const { run, log } = executionRig({ settings: (key) => (key === "b" ? refusal : undefined) });
    const execution = await run([
      {
        kind: "config",
        id: "c",
        properties: [
          ["a", "1"],
          ["b", "2"],
          ["c", "3"],
        ],
      },
    ]);
    expect(responsesOf(execution)).toEqual([
      { kind: "error", id: "c", cme: 4_294_967_268, message: "property 1 not stored" },
    ]);
    expect(log).toContain("a=1");
    expect(log).not.toContain("c=3");
    expect(execution).toMatchObject({ failure: refusal });
  });

  it("finishes the command in flight, restores CMEE and stops when it is aborted", async () => {
    const reason = new StationError("station.aborted", "stopped by the operator");
    const set = executionRig({ onSend: (command) => command === "AT+X=1" && set.controller.abort(reason) });
    await expect(set.run([at("a", "+X", "1"), at("b", "+X", "2")])).rejects.toBe(reason);
    expect(set.concluded).toEqual([{ kind: "at", id: "a", message: "OK\r\n" }]);
    expect(set.log.slice(-2)).toEqual(["AT+X=1", "AT+CMEE=0"]);
  });

  it("sends nothing and restores CMEE when the announcement is refused", async () => {
    const refusal = new StationError("station.aborted", "the store is full");
    const { run, log } = executionRig({ announce: () => Promise.reject(refusal) });
    await expect(run([at("a", "+X", "1")])).rejects.toBe(refusal);
    expect(log.slice(-2)).toEqual(["announce a 1/1", "AT+CMEE=0"]);
  });

  it("keeps the order, reports at most one error and only for the last response, for any list", async () => {
    await fc.assert(
      fc.asyncProperty(
        commandLists,
        fc.constantFrom("OK\r\n", "ERROR\r\n", "+CME ERROR: 513\r\n"),
        async (list, reply) => {
          const { run, modem } = executionRig({ txBytes: 100_000 });
          const original = modem.send.bind(modem);
          modem.send = (command) =>
            /^AT\+(CMEE|CFUN)/.test(command)
              ? original(command)
              : Promise.resolve({ final: { kind: "ok" }, lines: [], text: reply });
          const responses = responsesOf(await run(list));
          expect(responses.slice(0, -1).some((response) => response.kind === "error")).toBe(false);
          expect(modem.cmee).toBe(0);
        },
      ),
      { numRuns: 100 },
    );
  });
});
