// @vitest-environment happy-dom
import { flushPromises } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import HistoryScreen from "../../../../renderer/screens/history/history-screen.vue";
import type { RunQuery } from "../../../../src/contract/history.ts";
import type { RunFilter } from "../../../../src/contract/station-request.ts";
import { StationError } from "../../../../src/core/error.ts";
import { shown, type MountOptions } from "../../mounted.ts";
import { gate } from "../fake-client.ts";

const KEY = "nZk2vXq1S8mJ6b0oF3c7tQ";

/** The element that scrolls is so high that ten rows of 44 px fit below the head. */
class TenRows {
  readonly #tell: ResizeObserverCallback;
  constructor(tell: ResizeObserverCallback) {
    this.#tell = tell;
  }
  observe(): void {
    this.#tell([{ contentRect: { height: 44 * 11 } } as ResizeObserverEntry], this as never);
  }
  unobserve(): void {}
  disconnect(): void {}
}

const UNITS = { units: 1_000_000, unitsPassed: 987_654, unitsPassedFirst: 987_000 };
const COUNTS = { runs: 1_000_000, pass: 987_654, fail: 12_345, error: 1, aborted: 0, running: 0, ...UNITS };
const NONE = { runs: 0, pass: 0, fail: 0, error: 0, aborted: 0, running: 0 };
const EMPTY = { ...NONE, units: 0, unitsPassed: 0, unitsPassedFirst: 0 };

async function history({ answers = {}, ...options }: MountOptions = {}) {
  const counts = ({ filter }: { readonly filter: RunFilter }) => (filter.unitStart === undefined ? COUNTS : EMPTY);
  const told = { "history.counts": counts, ...answers };
  const rest = await shown(HistoryScreen, { path: "/history", ...options, answers: told });
  await flushPromises();
  const { screen, of } = rest;
  const queries = () => of("history.runs").map((asks) => (asks as { query: RunQuery }).query);
  const filter = () => queries().at(-1)?.filter;
  const chip = (name: string) => screen.findAll(".outcomes button").find((one) => one.text().startsWith(name))!;
  const grid = () => screen.get("[role=grid]");
  const search = () => screen.get<HTMLInputElement>("[role=searchbox]");
  const selected = () => screen.findAll("[role=row][aria-selected=true]").map((row) => row.attributes("aria-rowindex"));
  const key = async (name: string): Promise<void> => {
    await grid().trigger("keydown", { key: name });
    await flushPromises();
  };
  const rested = async (): Promise<void> => {
    await vi.advanceTimersByTimeAsync(250);
    await flushPromises();
  };
  return { ...rest, queries, filter, chip, grid, search, selected, key, rested };
}

describe("the History screen", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("ResizeObserver", TenRows);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
    document.body.innerHTML = "";
  });

  describe("its filters", () => {
    it("show only one outcome by a press, and all again by a second", async () => {
      const { chip, filter } = await history();
      expect(filter()).toEqual({});
      await chip("FAIL").trigger("click");
      await flushPromises();
      expect(chip("FAIL").attributes("aria-pressed")).toBe("true");
      expect(filter()).toEqual({ outcome: "FAIL" });
      await chip("ERROR").trigger("click");
      expect(chip("FAIL").attributes("aria-pressed")).toBe("false");
      await chip("ERROR").trigger("click");
      await flushPromises();
      expect(filter()).toEqual({});
    });

    it("count how many runs ended how", async () => {
      const { chip } = await history();
      expect(chip("PASS").text()).toBe("PASS987,654");
      expect(chip("ABORTED").text()).toBe("ABORTED0");
    });

    it("search once typing rests, not at each letter", async () => {
      const { search, queries, rested } = await history();
      const before = queries().length;
      for (const text of ["3", "35", "351"]) {
        await search().setValue(text);
        await vi.advanceTimersByTimeAsync(100);
      }
      expect(queries()).toHaveLength(before);
      await rested();
      expect(queries()).toHaveLength(before + 1);
      expect(queries().at(-1)?.filter).toEqual({ unitStart: "351" });
    });

    it("forget the search by Escape and by its cross", async () => {
      const { search, filter, rested, press } = await history();
      await search().setValue("351");
      await rested();
      await search().trigger("keydown", { key: "Escape" });
      await rested();
      expect([search().element.value, filter()]).toEqual(["", {}]);
      await search().setValue("351");
      await press("Clear the search");
      await rested();
      expect(filter()).toEqual({});
      expect(document.activeElement).toBe(search().element);
    });

    it("are reached by Ctrl+F from anywhere on the screen", async () => {
      const { search, grid } = await history();
      (grid().element as HTMLElement).focus();
      window.dispatchEvent(new KeyboardEvent("keydown", { key: "f", ctrlKey: true, cancelable: true }));
      expect(document.activeElement).toBe(search().element);
    });

    it("refuse half a batch at its field, and do not search for it", async () => {
      const { screen, press, rested, filter } = await history();
      await press("Filters");
      const batch = screen.findAll<HTMLInputElement>(".input-field input").at(-1)!;
      await batch.setValue("0193f6a2");
      await rested();
      expect(batch.attributes("aria-invalid")).toBe("true");
      expect(screen.get("[role=alert]").text()).toBe("Paste the whole batch number: 36 characters.");
      expect(filter()).toEqual({});
      await batch.setValue("0193F6A2-7C11-7A3E-9D1C-5B2F6A8E4C07");
      await rested();
      expect(filter()).toEqual({ batch: "0193f6a2-7c11-7a3e-9d1c-5b2f6a8e4c07" });
    });

    it("say that no run fits, and are cleared at once", async () => {
      const { screen, search, rested, press, filter } = await history();
      await search().setValue("no such unit");
      await rested();
      expect(screen.get(".nothing h2").text()).toBe("No run fits the filters");
      await press("Clear all filters");
      expect(filter()).toEqual({});
      expect(search().element.value).toBe("");
    });
  });

  it("says that the record cannot be read, and reads it again on request", async () => {
    const broken = { now: true };
    const { screen, press } = await history({
      answers: {
        "history.counts": () => {
          if (broken.now) throw new StationError("audit.locked", "it is locked", {});
          return EMPTY;
        },
        "history.runs": () => {
          if (broken.now) throw new StationError("audit.locked", "it is locked", {});
          return { runs: [] };
        },
      },
    });
    expect(screen.get("[role=alert] h2").text()).toBe("The history cannot be read");
    broken.now = false;
    await press("Try again");
    expect(screen.get(".nothing h2").text()).toBe("No runs yet");
    expect(screen.findAll("button").find((one) => one.text() === "Export")?.attributes("disabled")).toBeDefined();
  });

  describe("its list", () => {
    it("moves the selection by arrows, pages, Home and End", async () => {
      const { key, selected } = await history();
      await key("ArrowDown");
      expect(selected()).toEqual(["2"]);
      await key("ArrowDown");
      expect(selected()).toEqual(["3"]);
      await key("ArrowUp");
      await key("ArrowUp");
      expect(selected()).toEqual(["2"]);
      await key("PageDown");
      expect(selected()).toEqual(["11"]);
      await key("PageUp");
      expect(selected()).toEqual(["2"]);
      await key("End");
      expect(selected()).toEqual(["1000001"]);
      await key("Home");
      expect(selected()).toEqual(["2"]);
    });

    it("names the selected row to screen readers", async () => {
      const { key, grid, screen } = await history();
      await key("ArrowDown");
      const row = screen.get("[role=row][aria-selected=true]");
      expect(grid().attributes("aria-activedescendant")).toBe(row.attributes("id"));
      expect(grid().attributes("aria-rowcount")).toBe("1000001");
    });

    it("opens the unit by Enter and by a press", async () => {
      const { key, router, screen } = await history();
      await key("ArrowDown");
      await key("Enter");
      expect(router.currentRoute.value.name).toBe("unit");
      const first = router.currentRoute.value.params["runId"];
      await router.push("/history");
      await screen.findAll("[role=row]")[2]?.trigger("click");
      await flushPromises();
      expect(router.currentRoute.value.params["runId"]).not.toBe(first);
    });

    it("takes the keyboard from the search with the first row selected", async () => {
      const { search, grid, selected } = await history();
      search().element.focus();
      await search().trigger("keydown", { key: "Enter" });
      await flushPromises();
      expect(document.activeElement).toBe(grid().element);
      expect(selected()).toEqual(["2"]);
    });

    it("draws only the rows about those in sight", async () => {
      const { screen } = await history();
      expect(screen.findAll("[role=row]").length).toBeLessThan(30);
      expect(screen.get(".foot").text()).toContain("Rows 1 to 10 of 1,000,000");
    });
  });

  describe("the export", () => {
    it("shows how far it is, can be cancelled, and then says what was written", async () => {
      const end = gate<unknown>();
      const { screen, press, main, of } = await history({
        answers: { "history.export": () => end.promise, cancel: () => null },
      });
      await press("Export 1,000,000 rows");
      await press("JSON Lines");
      const asked = of("history.export")[0] as { readonly job: string };
      expect(asked).toMatchObject({ format: "jsonl", filter: {} });
      main.pass("progress", { job: asked.job, done: 42, total: 100 });
      await screen.vm.$nextTick();
      expect(screen.get("[role=progressbar]").attributes("aria-valuenow")).toBe("42");
      await press("Cancel");
      expect(of("cancel")).toEqual([{ job: asked.job }]);
      expect(screen.get(".notice button").text()).toBe("Cancelling …");
      const manifest = "history.jsonl.manifest.json";
      const sha256 = "52d8aa106f3eb91709c1c3f452d8aa106f3eb91709c1c3f452d8aa106f3eb917";
      end.resolve({ kind: "saved", file: "history.jsonl", manifest, rows: 1_000_000, sha256 });
      await flushPromises();
      expect(screen.get(".notice[role=status]").text()).toContain("1,000,000 rows exported.");
      expect(screen.get(".notice").text()).toContain("history.jsonl, with its signed manifest beside it.");
      await press("Close");
      expect(screen.find(".notice").exists()).toBe(false);
    });

    it("says aloud that it failed and why", async () => {
      const refuse = () => {
        throw new StationError("audit.full", "the disk is full", {});
      };
      const { screen, press } = await history({ answers: { "history.export": refuse } });
      await press("Export 1,000,000 rows");
      await press("CSV");
      expect(screen.get(".notice[role=alert]").text()).toContain("Writing the export did not succeed.");
    });

    it("says nothing where the dialog was left", async () => {
      const { screen, press } = await history({ answers: { "history.export": () => ({ kind: "cancelled" }) } });
      await press("Export 1,000,000 rows");
      await press("CSV");
      expect(screen.find(".notice").exists()).toBe(false);
    });
  });

  describe("the verification", () => {
    const verdictOf = (verdict: unknown, file = "audit.db"): MountOptions => ({
      answers: { "history.verify": () => ({ kind: "verdict", file, verdict }) },
    });
    const WHOLE = {
      ...{ ok: true, kind: "database", station: "line-2", key: KEY, events: 1200, runs: 34, batches: 2, heads: 2 },
      ...{ signedUpTo: 1200, headFile: "present" },
    };
    const BROKEN = { table: "events", row: "77", what: "its hash is of other content" };

    it("is said not to be done until it is", async () => {
      const { screen } = await history();
      expect(screen.get(".chain").text()).toContain("Chain not checked");
    });

    it("says that the chain is whole, whose it is and when it was checked", async () => {
      const { screen, press, of } = await history(verdictOf(WHOLE));
      await press("Verify");
      await press("This station's record");
      expect(of("history.verify")).toMatchObject([{ what: "record" }]);
      expect(screen.get(".notice[role=status]").text()).toContain(
        "The chain is whole: 1,200 records of 34 runs.",
      );
      expect(screen.get(".notice").text()).toContain(`Station key ${KEY}`);
      expect(screen.get(".chain").text()).toContain("Chain verified");
      expect(screen.get(".chain").text()).toContain("1,200 records, checked");
    });

    it("warns where a cut-off end would not show", async () => {
      const { screen, press } = await history(verdictOf({ ...WHOLE, headFile: "absent" }));
      await press("Verify");
      await press("This station's record");
      expect(screen.get(".notice").text()).toContain("The head file beside it is missing");
    });

    it("says aloud that the record was changed, and where first", async () => {
      const { screen, press } = await history(verdictOf({ ok: false, kind: "database", misfit: BROKEN }));
      await press("Verify");
      await press("This station's record");
      const notice = screen.get(".notice[role=alert]").text();
      expect(notice).toContain("The record was changed.");
      expect(notice).toContain("table events, row 77: its hash is of other content. File audit.db.");
      expect(screen.get(".chain").text()).toContain("Chain broken");
    });

    it("of another file says nothing about this station's chain", async () => {
      const whole = { ok: true, kind: "export", station: "line-2", key: KEY, format: "csv", rows: 5, signature: "export" };
      const { screen, press, of } = await history(verdictOf(whole, "history.csv"));
      await press("Verify");
      await press("A file …");
      expect(of("history.verify")).toMatchObject([{ what: "file" }]);
      expect(screen.get(".notice").text()).toContain("The export is whole: 5 rows.");
      expect(screen.get(".notice").text()).toContain("Signed as exported.");
      expect(screen.get(".chain").text()).toContain("Chain not checked");
    });
  });
});
