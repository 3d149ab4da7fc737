// @vitest-environment happy-dom
import { flushPromises } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fakeConflict, fakeLineState } from "../../../../renderer/dev/fake-line.ts";
import { lineLook } from "../../../../renderer/screens/line/line-words.ts";
import NeedsList from "../../../../renderer/screens/line/needs-list.vue";
import SharedLineStrip from "../../../../renderer/screens/line/shared-line-strip.vue";
import type { LineState } from "../../../../src/contract/desktop-line.ts";
import { reportOf, StationError } from "../../../../src/core/error.ts";
import { shown } from "../../mounted.ts";

const NOW = Date.parse("2026-03-02T11:00:00.000Z");
const AWAY = reportOf(new StationError("line.away", "lost"));

function strip(changes?: Partial<LineState>) {
  return shown(SharedLineStrip, {
    facts: (snapshot) => {
      const station = { ...snapshot.station, training: false };
      return changes === undefined ? snapshot : { ...snapshot, station, sharedLine: fakeLineState(NOW, changes) };
    },
  });
}

describe("the shared line on the Line screen", () => {
  beforeEach(() => void vi.useFakeTimers({ now: NOW }));
  afterEach(() => {
    vi.useRealTimers();
    document.body.innerHTML = "";
  });

  it("is not there where the station works for itself", async () => {
    const { screen } = await strip();
    expect(screen.find("[data-line]").exists()).toBe(false);
  });

  it("is quiet as long as it is reached, and cries only where no unit may start", () => {
    const look = (changes: Partial<LineState>) => lineLook(fakeLineState(NOW, changes));
    expect(look({})).toBe("quiet");
    expect(look({ link: "connecting" })).toBe("quiet");
    expect(look({ problem: AWAY })).toBe("away");
    expect(look({ link: "away", whenAway: "alone" })).toBe("away");
    expect(look({ link: "away", whenAway: null })).toBe("away");
    expect(look({ link: "away", whenAway: "refuse" })).toBe("refusing");
  });

  it.each([
    [{}, "quiet", ["Line 3", "Everything is sent"]],
    [{ waiting: 1 }, "quiet", ["1 record waits"]],
    [
      { link: "away", waiting: 12 },
      "refusing",
      ["Line 3: Away", "No unit is started until it is back.", "12 records wait"],
    ],
    [{ link: "away", whenAway: "alone", alone: 3 }, "away", ["Units go on alone.", "3 runs alone, not compared yet"]],
  ] as const)("says how it stands: %o", async (changes, look, texts) => {
    const { screen } = await strip(changes);
    expect(screen.get("[data-line]").attributes("data-line")).toBe(look);
    for (const text of texts) expect(screen.text()).toContain(text);
  });

  it("is nobody's worry in the training mode, unless training units are compared too", async () => {
    const look = async (training: boolean) => {
      const line = fakeLineState(NOW, { link: "away", training });
      const { screen } = await shown(SharedLineStrip, {
        facts: (snapshot) => ({
          ...snapshot,
          station: { ...snapshot.station, training: true },
          sharedLine: line,
        }),
      });
      return screen.get("[data-line]").attributes("data-line");
    };
    expect(await look(false)).toBe("away");
    expect(await look(true)).toBe("refusing");
  });

  it("shows units that another station passed too until somebody has set them aside", async () => {
    const conflicts = [fakeConflict(NOW)];
    const { screen, of, main, press } = await shown(NeedsList, {
      facts: (snapshot) => ({ ...snapshot, sharedLine: fakeLineState(NOW, { conflicts }) }),
      answers: { "line.seen": () => null },
    });
    const need = screen.get("[data-conflict]");
    expect(need.text()).toContain("bench-2 passed this unit too");
    expect(need.text()).toContain("Set the unit 50363154-3931-44f0-8022-121b6401627d aside");
    expect(screen.get("h2").text()).toContain("1");
    await press("Set aside");
    expect(of("line.seen")).toEqual([null]);
    main.tell({ kind: "shared-line", line: fakeLineState(NOW) });
    await flushPromises();
    expect(screen.find("[data-conflict]").exists()).toBe(false);
  });

  it("asks who is there before conflicts are put away", async () => {
    const { of, press } = await shown(NeedsList, {
      as: "nobody",
      facts: (snapshot) => ({ ...snapshot, sharedLine: fakeLineState(NOW, { conflicts: [fakeConflict(NOW)] }) }),
    });
    await press("Set aside");
    expect(of("line.seen")).toEqual([]);
  });
});
