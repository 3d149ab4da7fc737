// @vitest-environment happy-dom
import { flushPromises } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { StationError } from "../../../../src/core/error.ts";
import type { MountOptions } from "../../mounted.ts";
import { gate } from "../fake-client.ts";
import { history, TenRows } from "./history-rig.ts";

const KEY = "nZk2vXq1S8mJ6b0oF3c7tQ";

describe("the History screen's long work", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal("ResizeObserver", TenRows);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
    document.body.innerHTML = "";
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
      await flushPromises();
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
      expect(screen.get(".notice[role=status]").text()).toContain("The chain is whole: 1,200 records of 34 runs.");
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
      const whole = {
        ok: true,
        kind: "export",
        station: "line-2",
        key: KEY,
        format: "csv",
        rows: 5,
        signature: "export",
      };
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
