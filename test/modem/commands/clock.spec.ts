import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { instantOfUtc } from "../../../src/core/iso-time.ts";

import type { AtPort } from "../../../src/modem/at-port.ts";

import {
  formatModemTime,
  parseModemTime,
  readClock,
  setClock,
  setClockWithDaylightSaving,
} from "../../../src/modem/commands/clock.ts";

import examples from "../../fixtures/vectors/at_examples.json" with { type: "json" };
import { replyOf, ScriptedModem, type ScriptLine } from "../../fakes/scripted-modem.ts";

const exampleScript: readonly ScriptLine[] = examples.vectors.map(({ command, response }) => [command, response]);
const modem = (...script: readonly ScriptLine[]): ScriptedModem => new ScriptedModem([...script, ...exampleScript]);
const answering = (text: string): AtPort => ({ send: async () => replyOf(text) });

describe("clock", () => {
  const instant = instantOfUtc([2025, 10, 9, 6, 53, 20]);

  it("reads both clocks with their zone, and none where the modem has no time", async () => {
    const port = modem();
    expect(await readClock(port)).toEqual({ instant, zone: 8, daylightSaving: 0 });
    expect(await readClock(port, "+CCLK")).toEqual({ instant, zone: 8 });
    expect(await readClock(answering("ERROR\r\n"))).toBeUndefined();
  });

  it("sets both clocks in UTC", async () => {
    const port = new ScriptedModem([[/CCLK=/, "OK\r\n"]]);
    await setClock(port, instant);
    await setClockWithDaylightSaving(port, instant, 1);
    expect(port.sent).toEqual(['AT+CCLK="25/10/09,06:53:20+00"', 'AT%CCLK="25/10/09,06:53:20+00",1']);
  });

  it("reads what it writes", () => {
    fc.assert(
      fc.property(
        fc.integer({
          min: instantOfUtc([2000, 1, 1, 0, 0, 0]) / 1000,
          max: instantOfUtc([2099, 12, 31, 23, 59, 59]) / 1000,
        }),
        (second) => {
          expect(parseModemTime(`"${formatModemTime(second * 1000)}"`)).toEqual({ instant: second * 1000, zone: 0 });
        },
      ),
    );
  });

  it.each([
    '"25/02/30,08:53:20+00"',
    '"25/13/01,08:53:20+00"',
    '"25/10/09,24:00:00+00"',
    '"25/10/09,08:53:20+99"',
    "25/10/09,08:53:20+00",
    '"25/10/09,08:53:20+00",x',
    '"25/10/09,08:53:20+00",0,0',
    '"',
  ])("takes %s for no time", (text) => {
    expect(parseModemTime(text)).toBeUndefined();
  });
});
