import { describe, expect, it } from "vitest";
import { asStationError, StationError } from "../../src/core/error.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import type { Command } from "../../src/provisioning/command.ts";
import type { SessionOutcome } from "../../src/provisioning/session-result.ts";
import { Ledger } from "../../src/run/ledger.ts";
import { expectationsOf, secTagsOf } from "../../src/run/recipe-expectation.ts";
import { judgeSession, judgeWork, missingOf } from "../../src/run/work-judgement.ts";
import { answerText } from "../../src/simulator/answer.ts";
import { makeBoard } from "../../src/simulator/board.ts";
import { SimulatedModem } from "../../src/simulator/simulated-modem.ts";
import { recipe, sha256 } from "./support/run-rig.ts";

const at = (id: string, command: string, parameters: string): Command => ({
  ...{ kind: "at", id, command, parameters, ignoreCmeErrors: [] },
});
const CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
const KEY = at("1", "%KEYGEN", "16842753,2,0");
const WRITE = at("2", "%CMNG", `0,16842753,0,"${CERTIFICATE}"`);
const CONFIG: Command = { kind: "config", id: "3", properties: [["station/site", "Oslo"]] };
const END: Command = { kind: "finished", id: "4" };

/** What a modem answers to a key generation. */
const KEY_MADE = answerText(
  new SimulatedModem({ board: makeBoard("judged", 1), clock: new VirtualClock(), bootMode: 4 }).execute(
    "AT%KEYGEN=16842753,2,0",
  ),
);

function ledgerOf(commands: readonly Command[], keyMade = KEY_MADE): Ledger {
  const ledger = new Ledger(sha256);
  for (const command of commands) {
    const message = command === KEY ? keyMade : "OK\r\n";
    ledger.take(command, command.kind === "at" ? { kind: "at", id: command.id, message } : command);
  }
  return ledger;
}

function verdict(commands: readonly Command[], changes: object = {}, end = { finished: true, unreported: 0 }): string {
  const expectations = expectationsOf(recipe(changes), sha256);
  try {
    judgeWork(ledgerOf(commands), expectations, end);
    return "passes";
  } catch (error) {
    return asStationError(error).code;
  }
}

describe("the judgement of a unit's work", () => {
  it.each([
    ["passes", [KEY, WRITE, CONFIG, END]],
    ["passes", [WRITE, KEY, at("9", "%XTIME", "1"), CONFIG, END]],
    ["passes", [KEY, at("2", "%CMNG", `0,16842753,0,"${CERTIFICATE.replaceAll("\n", "\r\n").trim()}"`), CONFIG, END]],
    ["run.nothing-executed", []],
    ["run.commands-missing", [WRITE, CONFIG, END]],
    ["run.commands-missing", [KEY, at("2", "%CMNG", `0,1,0,"${CERTIFICATE}"`), CONFIG, END]],
    ["run.commands-missing", [KEY, WRITE, END]],
    ["run.content-differs", [KEY, at("2", "%CMNG", '0,16842753,0,"other"'), CONFIG, END]],
    ["run.content-differs", [KEY, WRITE, { ...CONFIG, properties: [["station/site", "Rome"]] }, END]],
    ["run.not-finished", [KEY, WRITE, CONFIG]],
  ] as const)("%s", (expected, commands) => {
    expect(verdict(commands)).toBe(expected);
  });

  it("blames the modem when commands are missing behind a key generation that told no key", () => {
    const judge = (): void =>
      judgeWork(ledgerOf([KEY, CONFIG], "OK\r\n"), expectationsOf(recipe(), sha256), {
        finished: false,
        unreported: 0,
      });
    expect(judge).toThrow(expect.objectContaining({ code: "at.keygen-failed" }));
  });

  it("wants the end acknowledged, and every result confirmed", () => {
    const all = [KEY, WRITE, CONFIG, END];
    expect(verdict(all, {}, { finished: false, unreported: 0 })).toBe("run.not-finished");
    expect(verdict(all, {}, { finished: true, unreported: 1 })).toBe("run.result-unreported");
  });

  it("needs no end where the recipe has none, and nothing where the recipe orders nothing", () => {
    const commands = [{ config: { "station/site": "Oslo" } }];
    expect(verdict([CONFIG], { commands }, { finished: false, unreported: 0 })).toBe("passes");
    expect(verdict([], { commands: [] }, { finished: false, unreported: 0 })).toBe("passes");
  });

  it("takes settings that the service sent one by one, and the last of several values", () => {
    const commands = [{ config: { a: "1", b: "2" } }, { config: { a: "3" } }];
    const sent = [
      ["a", "1"],
      ["b", "2"],
      ["a", "3"],
    ] as const;
    const configs = sent.map((pair): Command => ({ kind: "config", id: "c", properties: [pair] }));
    expect(verdict(configs, { commands }, { finished: false, unreported: 0 })).toBe("passes");
    expect(verdict(configs.slice(0, 2), { commands }, { finished: false, unreported: 0 })).toBe("run.content-differs");
  });

  it("wants a repeated command as often as the recipe has it", () => {
    const command = { atCommand: { command: "%XTIME", parameters: "1" } };
    const expectations = expectationsOf(recipe({ commands: [command, command] }), sha256);
    expect(missingOf(ledgerOf([at("1", "%XTIME", "1")]), expectations)).toHaveLength(1);
    expect(missingOf(ledgerOf([at("1", "%xtime", "1"), at("2", "%XTIME", "1")]), expectations)).toEqual([]);
  });

  it("expects key and identity of a pre-shared key, and one key of everything that makes one", () => {
    const commands = [
      { preSharedKey: { secTag: 9, identity: "board", key: { env: "PSK" } } },
      { certificateSigningRequest: { secTag: 5 } },
      { endorsementKeyGeneration: { secTag: 6 } },
      { clientCertificate: { secTag: 5, file: "ca.pem" } },
    ];
    const expectations = expectationsOf(recipe({ commands }), sha256);
    const places = expectations.flatMap((each) => (each.kind === "credential" ? [each.place] : []));
    expect(places.map(({ secTag, credential }) => `${secTag}/${credential}`)).toEqual([
      "9/3",
      "9/4",
      "5/2",
      "6/8",
      "5/1",
    ]);
    expect(secTagsOf(expectations, [{ secTag: 2, credential: 0 }])).toEqual([2, 5, 6, 9]);
  });
});

describe("the judgement of a session", () => {
  const session = (changes: Partial<SessionOutcome>): SessionOutcome => ({
    ...{ result: "done", rounds: 1, commands: { concluded: 2, failed: 0, reported: 2 }, latestId: "2" },
    ...changes,
  });
  const codeOf = (outcome: SessionOutcome): string => {
    try {
      judgeSession(outcome);
      return "passes";
    } catch (error) {
      return asStationError(error).code;
    }
  };

  it("gives the library's own reason where there is one", () => {
    const error = new StationError("provisioning.service-busy", "busy");
    expect(codeOf(session({ result: "failed", error }))).toBe("provisioning.service-busy");
  });

  it("passes nothing with a failed command or without a result", () => {
    expect(codeOf(session({}))).toBe("passes");
    expect(codeOf(session({ commands: { concluded: 2, failed: 1, reported: 2 } }))).toBe("run.command-failed");
    expect(codeOf(session({ result: "failed" }))).toBe("run.result-unreported");
  });
});
