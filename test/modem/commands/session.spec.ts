import { describe, expect, it } from "vitest";

import { StationError } from "../../../src/core/error.ts";

import type { AtPort } from "../../../src/modem/at-port.ts";

import { readFunctionalMode, setFunctionalMode } from "../../../src/modem/commands/functional-mode.ts";

import { echoOff, readErrorReports, setErrorReports, sync } from "../../../src/modem/commands/session.ts";

import examples from "../../fixtures/vectors/at_examples.json" with { type: "json" };
import { replyOf, ScriptedModem, type ScriptLine } from "../../fakes/scripted-modem.ts";

import { failureOf } from "../rig.ts";

const exampleScript: readonly ScriptLine[] = examples.vectors.map(({ command, response }) => [command, response]);
const modem = (...script: readonly ScriptLine[]): ScriptedModem => new ScriptedModem([...script, ...exampleScript]);
const answering = (text: string): AtPort => ({ send: async () => replyOf(text) });

describe("session", () => {
  it("syncs at the first OK and tries again after ERROR or silence", async () => {
    const answers: (string | StationError)[] = [
      "ERROR\r\n",
      new StationError("at.timeout", "no final result"),
      "OK\r\n",
    ];
    const port = new ScriptedModem([["AT", () => answers.shift() ?? "ERROR\r\n"]]);
    await sync(port);
    expect(port.sent).toEqual(["AT", "AT", "AT"]);
  });

  it("gives up after three tries, and at once when the modem is silent or the link is lost", async () => {
    expect((await failureOf(sync(answering("ERROR\r\n")))).code).toBe("at.rejected");
    for (const code of ["at.silent", "link.lost"] as const) {
      const port = new ScriptedModem([["AT", new StationError(code, "gone")]]);
      expect((await failureOf(sync(port))).code).toBe(code);
      expect(port.sent).toHaveLength(1);
    }
  });

  it("reads and sets error reports and the functional mode", async () => {
    const port = modem();
    expect(await readErrorReports(port)).toBe(0);
    await setErrorReports(port, 1);
    expect(await readFunctionalMode(port)).toBe(1);
    await setFunctionalMode(port, 4);
    await echoOff(new ScriptedModem());
    expect(port.sent).toEqual(["AT+CMEE?", "AT+CMEE=1", "AT+CFUN?", "AT+CFUN=4"]);
  });

  it.each([
    ["+CME ERROR: 518", "at.modem-active"],
    ["+CME ERROR: 515", "at.storage-full"],
    ["+CME ERROR: 528", "at.power-warning"],
    ["+CME ERROR: 526", "at.rejected"],
    ["+CMS ERROR: 515", "at.rejected"],
    ["ERROR", "at.rejected"],
  ])("fails a refused command by the meaning of %s", async (answer, code) => {
    expect(await failureOf(setFunctionalMode(answering(`${answer}\r\n`), 4))).toMatchObject({
      code,
      facts: { command: "AT+CFUN=4", answer },
    });
  });
});
