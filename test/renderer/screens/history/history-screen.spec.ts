// @vitest-environment happy-dom
import { flushPromises } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { StationError } from "../../../../src/core/error.ts";
import { EMPTY, history, TenRows } from "./history-rig.ts";

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
    expect(
      screen
        .findAll("button")
        .find((one) => one.text() === "Export")
        ?.attributes("disabled"),
    ).toBeDefined();
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
});
