// @vitest-environment happy-dom
import { flushPromises } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FAKE_LINE, FAKE_STATIONS } from "../../../../renderer/dev/fake-line.ts";
import { fakeReport } from "../../../../renderer/dev/fake-report.ts";
import ReportScreen from "../../../../renderer/screens/report/report-screen.vue";
import type { Report, ReportOrder } from "../../../../src/contract/report.ts";
import { StationError } from "../../../../src/core/error.ts";
import { shown } from "../../mounted.ts";
import { history, TenRows } from "./history-rig.ts";

const NOW = Date.parse("2026-03-02T11:00:00.000Z");
const [ONE, TWO] = FAKE_STATIONS.map(({ id }) => id) as [string, string];
const LINE = { "line.settings": () => FAKE_LINE, "line.stations": () => FAKE_STATIONS };

/** A report of a whole line: two stations that have one failure in common. */
function lineReport({ order }: { readonly order: ReportOrder }): Report {
  const report = fakeReport(order, NOW);
  const endings = { runs: 50, pass: 40, fail: 8, error: 2, aborted: 0, running: 0 };
  const [slot] = report.slots;
  return {
    ...report,
    slots: [
      { ...slot!, slot: "7", station: TWO, standsOut: true },
      { ...slot!, slot: "7", station: ONE, standsOut: false },
    ],
    line: {
      stations: [
        { id: ONE, name: "bench-1", ...endings },
        { id: TWO, name: "bench-2", ...endings, pass: 20, fail: 28 },
      ],
      shared: [
        {
          code: "run.credential-missing",
          stations: [
            { id: TWO, fail: 5, error: 0 },
            { id: ONE, fail: 3, error: 0 },
          ],
        },
      ],
    },
  };
}

describe("this station or the whole line", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: NOW });
    vi.stubGlobal("ResizeObserver", TenRows);
    Object.defineProperty(document, "fonts", { value: { ready: Promise.resolve() }, configurable: true });
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
    document.body.innerHTML = "";
  });

  describe("on History", () => {
    it("is no choice without a central database", async () => {
      const { screen } = await history();
      expect(screen.find("[data-source]").exists()).toBe(false);
    });

    it("reads the runs of all stations, and opens them as the line's", async () => {
      const { screen, of, press, router, key } = await history({ answers: LINE });
      expect(of("history.runs").at(-1)).not.toHaveProperty("source");
      expect(screen.find(".chain").exists()).toBe(true);
      await press("Whole line");
      expect(of("history.runs").at(-1)).toMatchObject({ source: "line" });
      expect(of("history.counts").at(-1)).toMatchObject({ source: "line" });
      expect(screen.findAll("[role=columnheader]").map((head) => head.text())).toContain("Station");
      expect(screen.find(".chain").exists()).toBe(false);
      await key("ArrowDown");
      await key("Enter");
      expect(router.currentRoute.value).toMatchObject({ name: "unit", query: { source: "line" } });
    });

    it("may be one station of the line", async () => {
      const { filter, press } = await history({ answers: LINE });
      await press("Whole line");
      await press("All stations");
      await press("bench-2");
      expect(filter()).toMatchObject({ station: TWO });
      await press("This station");
      expect(filter()).not.toHaveProperty("station");
    });

    it("exports the runs of the filter out of the line's record, and says that no station signed it", async () => {
      const sha256 = "52d8aa106f3eb91709c1c3f452d8aa106f3eb91709c1c3f452d8aa106f3eb917";
      const saved = { kind: "saved", file: "line-runs.csv", rows: 34, sha256 };
      const { screen, of, press } = await history({ answers: { ...LINE, "history.export": () => saved } });
      await press("Whole line");
      await press("All stations");
      await press("bench-2");
      await press("Export 1,000,000 rows");
      await press("CSV");
      expect(of("history.export")).toMatchObject([{ format: "csv", source: "line", filter: { station: TWO } }]);
      const notice = screen.get(".notice[role=status]").text();
      expect(notice).toContain("34 rows exported.");
      expect(notice).toContain("line-runs.csv, not signed: the record of each station proves its runs.");
      await press("This station");
      await press("Export 1,000,000 rows");
      await press("CSV");
      expect(of("history.export").at(-1)).not.toHaveProperty("source");
    });

    it("says aloud that the central database went away in the middle of an export", async () => {
      const gone = () => {
        throw new StationError("collect.lost", "the session was lost");
      };
      const { screen, press } = await history({ answers: { ...LINE, "history.export": gone } });
      await press("Whole line");
      await press("Export 1,000,000 rows");
      await press("JSON Lines");
      expect(screen.get(".notice[role=alert]").text()).toContain("The session with the central database was lost");
    });

    it("says why the central database cannot be read, and finds back", async () => {
      const runs = ({ source }: { readonly source?: string }) => {
        if (source === "line") throw new StationError("collect.unreachable", "nobody there");
        return { runs: [] };
      };
      const { screen, press } = await history({ answers: { ...LINE, "history.runs": runs } });
      await press("Whole line");
      await flushPromises();
      expect(screen.get(".nothing[role=alert]").text()).toContain("The central database does not answer");
      await press("This station");
      await flushPromises();
      expect(screen.find(".nothing[role=alert]").exists()).toBe(false);
    });
  });

  describe("on Report", () => {
    const report = () =>
      shown(ReportScreen, { scene: "report", path: "/report", answers: { ...LINE, "report.read": lineReport } });

    it("names what failed on several stations", async () => {
      const { screen, of, press } = await report();
      await press("Whole line");
      await flushPromises();
      expect(of("report.read").at(-1)).toMatchObject({ source: "line" });
      const shared = screen.get("[data-shared-failures]").text();
      expect(shared).toContain("Key not kept");
      expect(shared).toContain("on 2 stations: bench-2 5, bench-1 3");
      expect(screen.get(".heading").text()).toContain("2 stations");
    });

    it("compares stations, and names a slot with its station", async () => {
      const { screen, press } = await report();
      await press("Whole line");
      await flushPromises();
      const card = (name: string) => screen.get(`[data-picture=${name}]`);
      await press("By reason");
      await press("By station");
      const tools = card("failures").findAll("button");
      await tools
        .find((one) => one.attributes("title") === "Table" || one.text().startsWith("Table"))!
        .trigger("click");
      await flushPromises();
      const rows = card("failures")
        .findAll("tbody tr")
        .map((row) => row.text());
      expect(rows[0]).toContain("bench-2");
      expect(rows[0]).toContain("40.0%");
      expect(card("slots").text()).toContain("bench-2/7");
      expect(card("slots").text()).toContain("Failures by slot · bench-2");
    });

    it("counts one station of the line, and all again", async () => {
      const { of, press } = await report();
      await press("Whole line");
      await press("All stations");
      await press("bench-2");
      expect(of("report.read").at(-1)).toMatchObject({ source: "line", order: { filter: { station: TWO } } });
      await press("This station");
      const last = of("report.read").at(-1) as { readonly order: ReportOrder };
      expect(last).not.toHaveProperty("source");
      expect(last.order.filter.station).toBeUndefined();
    });
  });
});
