import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seconds } from "../../src/core/duration.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { clockText, ModemClock, parseClockText } from "../../src/simulator/modem-clock.ts";

describe("clock texts", () => {
  it("are local time with the zone in quarter hours", () => {
    expect(parseClockText("25/10/09,08:53:20+08")).toEqual({ instant: Date.UTC(2025, 9, 9, 6, 53, 20), zone: 8 });
    expect(parseClockText("25/10/09,23:30:00-04")).toEqual({ instant: Date.UTC(2025, 9, 10, 0, 30, 0), zone: -4 });
  });

  it.each([
    "",
    "25/13/01,00:00:00+00",
    "25/02/30,00:00:00+00",
    "25/01/01,24:00:00+00",
    "25/01/01,00:00:00",
    "25/01/01,00:00:00+97",
  ])("that are none are refused: %j", (text) => {
    expect(parseClockText(text)).toBeUndefined();
  });

  it("come back as they went in", () => {
    const start = Date.UTC(2001, 0, 2);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 3_000_000_000 }), fc.integer({ min: -48, max: 56 }), (offset, zone) => {
        const setting = { instant: start + offset * 1000, zone };
        expect(parseClockText(clockText(setting))).toEqual(setting);
      }),
    );
    fc.assert(
      fc.property(fc.string({ maxLength: 40 }), (text) => {
        parseClockText(text);
      }),
    );
  });
});

describe("ModemClock", () => {
  it("knows no time until it is set, then runs on its own", async () => {
    const clock = new VirtualClock();
    const modem = new ModemClock(clock);
    expect(modem.read()).toBeUndefined();
    modem.set({ instant: Date.UTC(2025, 0, 1), zone: 4 }, 1);
    await clock.advance(seconds(90));
    clock.jump(seconds(5000));
    expect(modem.read()).toEqual({ instant: Date.UTC(2025, 0, 1, 0, 1, 30), zone: 4, summer: 1 });
    modem.forget();
    expect(modem.read()).toBeUndefined();
  });
});
