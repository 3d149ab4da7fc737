// @vitest-environment happy-dom
import { flushPromises } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import UnitScreen from "../../../../renderer/screens/unit/unit-screen.vue";
import { useSession } from "../../../../renderer/stores/session.ts";
import { useStation } from "../../../../renderer/stores/station.ts";
import type { RunDetail } from "../../../../src/contract/desktop-history.ts";
import { StationError } from "../../../../src/core/error.ts";
import { shown, type MountOptions } from "../../mounted.ts";
import { recordedRuns } from "../recorded-runs.ts";
import { busy, ended } from "../line/trays.ts";

const { passed, failed } = recordedRuns();
type Detail = NonNullable<RunDetail>;

/** The Unit screen with a run that the record holds. */
async function unit(detail: Detail | null, { answers = {}, ...options }: MountOptions = {}) {
  const kept = { detail };
  const rest = await shown(UnitScreen, {
    path: `/unit/${detail?.run.id ?? passed.run.id}`,
    ...options,
    answers: {
      "history.run": () => kept.detail,
      "history.runs": () => ({ runs: kept.detail === null ? [] : [kept.detail.run] }),
      ...answers,
    },
  });
  await flushPromises();
  const again = () => rest.screen.findAll(".title-row .button").at(-1)!;
  const lines = () => rest.screen.findAll("ol.mono > li");
  return { ...rest, kept, again, lines };
}

describe("the Unit screen", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    document.body.innerHTML = "";
  });

  describe("its verdict", () => {
    it("says that a unit passed, in what time and where it goes", async () => {
      const { screen } = await unit(passed);
      const band = screen.get(".verdict");
      expect(band.classes()).toContain("pass");
      expect(band.text()).toContain("PASS");
      expect(band.text()).toContain("Put the unit to the finished ones.");
      expect(band.text()).toContain("Passed in");
    });

    it("says why a unit failed, in which phase and what to do", async () => {
      const { screen } = await unit(failed);
      const band = screen.get(".verdict");
      expect(band.classes()).toContain("fail");
      expect(band.text()).toContain("Stopped in Provision after");
      expect(band.get(".happened").text()).not.toBe("");
      expect(band.get(".remedy").text()).not.toBe("");
    });

    it("says of a run without a known reason that the unit must not be shipped", async () => {
      const run = { ...failed.run, code: null };
      const { screen } = await unit({ run, events: failed.events.filter(({ type }) => type !== "run.finished") });
      expect(screen.get(".verdict").text()).toContain("Do not ship this unit.");
    });

    it("follows a run that goes on until its verdict", async () => {
      const announced = passed.events.findIndex(({ type }) => type === "command.announced");
      const run = { ...passed.run, outcome: null, elapsedMs: null, slot: "1" as never };
      const { screen, kept, main, of } = await unit({ run, events: passed.events.slice(0, announced) });
      expect(screen.get(".verdict").text()).toContain("The run goes on.");
      expect(screen.get(".verdict").text()).toContain("Provision");
      kept.detail = passed;
      const state = { ...ended(1, "PASS"), runId: run.id };
      const event = passed.events.at(-1)!;
      main.tell({ kind: "run", batch: passed.run.batch, event, state });
      const asked = of("history.run").length;
      await vi.advanceTimersByTimeAsync(399);
      expect(of("history.run")).toHaveLength(asked);
      await vi.advanceTimersByTimeAsync(1);
      await flushPromises();
      expect(screen.get(".verdict").text()).toContain("PASS");
    });

    it("speaks the window's language", async () => {
      const { screen, texts } = await unit(passed);
      texts.global.locale.value = "de";
      await flushPromises();
      expect(screen.get(".verdict").text()).not.toContain("Put the unit");
      expect(screen.get(".verdict").text()).toContain("PASS");
    });
  });

  describe("its timeline", () => {
    const phases = (screen: Awaited<ReturnType<typeof unit>>["screen"]) =>
      screen.findAll("li.group").map((group) => group.get(".phase > span").text().replaceAll(/\s+/g, " "));

    it("names the seven phases and how each ended, in words", async () => {
      const { screen } = await unit(failed);
      expect(phases(screen)).toEqual([
        ...["Connect passed", "Identify passed", "Check passed", "Claim passed", "Provision failed"],
        ...["Verify not reached", "Release passed"],
      ]);
      expect(screen.get(".step.error").text()).toContain("AT%KEYGEN 16842753,2,0");
      expect(screen.get(".step.error").text()).toContain("failed");
    });

    it("keeps every bar within the axis", async () => {
      const { screen } = await unit(passed);
      for (const bar of screen.findAll<HTMLElement>(".track i")) {
        const { left, width } = bar.element.style;
        expect(Number.parseFloat(left) + Number.parseFloat(width)).toBeLessThanOrEqual(100.001);
      }
    });
  });

  describe("its transcript", () => {
    it("is narrowed by a text and to the service's commands, and says how much is left", async () => {
      const { screen, press, lines } = await unit(passed);
      const said = () => screen.get(".tools [role=status]").text();
      const all = lines().length;
      expect(said()).toBe(`${all} commands`);
      await screen.get("[role=searchbox]").setValue("%keygen");
      expect(lines()).toHaveLength(1);
      expect(said()).toBe("1 command");
      expect(lines()[0]?.text()).toContain("AT%KEYGEN");
      await screen.get("[role=searchbox]").trigger("keydown", { key: "Escape" });
      expect(lines()).toHaveLength(all);
      await press("Provisioning only");
      expect(lines().length).toBeLessThan(all);
      expect(screen.get("button[aria-pressed=true]").text()).toBe("Provisioning only");
    });

    it("says that nothing was found", async () => {
      const { screen } = await unit(passed);
      await screen.get("[role=searchbox]").setValue("no such text");
      expect(screen.get("ol.mono").text()).toBe("Nothing found.");
    });

    it("says that nothing was said at all", async () => {
      const { screen } = await unit({ ...failed, events: failed.events.slice(0, 1) });
      expect(screen.get("ol.mono").text()).toBe("Nothing was said to the modem.");
    });

    it("says of a command that was cut off that no answer was recorded", async () => {
      const announced = failed.events.findIndex(({ type }) => type === "command.announced");
      const { lines } = await unit({ ...failed, events: failed.events.slice(0, announced + 1) });
      expect(lines().at(-1)?.text()).toContain("No answer was recorded");
    });
  });

  describe("running it again", () => {
    const run = { ...failed.run, slot: "3" as never, boardSerial: "7Q4ABC" };
    const detail = { ...failed, run };

    it("starts the slot with the unit's serial and goes to the line", async () => {
      const { again, of, router } = await unit(detail, { scene: "unplugged-8" });
      expect(again().text()).toBe("Run slot 3 again");
      await again().trigger("click");
      await flushPromises();
      expect(of("start")).toEqual([{ slots: ["3"], serials: { 3: "7Q4ABC" }, again: false, operator: "Operator 07" }]);
      expect(router.currentRoute.value.name).toBe("line");
    });

    it("lets a unit that passed pass again", async () => {
      const { again, of } = await unit({ ...passed, run: { ...passed.run, slot: "3" as never } });
      await again().trigger("click");
      await flushPromises();
      expect(of("start")).toMatchObject([{ slots: ["3"], again: true }]);
    });

    it("says that the slot is running, that this tray has none, and that starting is locked", async () => {
      const { again, main } = await unit(detail);
      main.tell({ kind: "run", batch: failed.run.batch, event: failed.events[0]!, state: busy(3) });
      await flushPromises();
      expect(again().text()).toBe("Slot 3 is running");
      expect(again().attributes("disabled")).toBeDefined();
      const gone = await unit({ ...failed, run: { ...run, slot: "99" as never } });
      expect(gone.again().text()).toBe("No slot 99 in this tray");
      expect(gone.again().attributes("disabled")).toBeDefined();
      const storeFailure = { code: "audit.full" as const, what: "it broke", facts: {}, advice: "Make room." };
      const locked = await unit(detail, { facts: (snapshot) => ({ ...snapshot, storeFailure }) });
      expect(locked.again().text()).toBe("Starting is locked");
      expect(locked.again().attributes("disabled")).toBeDefined();
    });

    it("asks somebody signed out who they are, and starts nothing", async () => {
      const { again, of, pinia } = await unit(detail, { as: "nobody" });
      await again().trigger("click");
      await flushPromises();
      expect(of("start")).toEqual([]);
      expect(useSession(pinia).asking).toBe(true);
    });

    it("leaves it to the station who is recorded where names are entered", async () => {
      const { again, of } = await unit(detail, { as: "operator" });
      await again().trigger("click");
      await flushPromises();
      expect(of("start")).toEqual([{ slots: ["3"], serials: { 3: "7Q4ABC" }, again: true }]);
    });

    it("starts once, however often it is pressed", async () => {
      const { again, of } = await unit(detail, { answers: { start: () => new Promise(() => undefined) } });
      await again().trigger("click");
      await again().trigger("click");
      expect(of("start")).toHaveLength(1);
    });

    it("says why the station refused, until that is dismissed", async () => {
      const refuse = () => {
        throw new StationError("audit.full", "the disk is full", {});
      };
      const { again, screen, press, router } = await unit(detail, { answers: { start: refuse } });
      await again().trigger("click");
      await flushPromises();
      expect(screen.get("[role=alert]").text()).toContain("Run slot 3 again did not succeed.");
      expect(router.currentRoute.value.name).toBe("unit");
      await press("Close");
      expect(screen.find("[role=alert]").exists()).toBe(false);
    });
  });

  it("exports all records of the unit", async () => {
    const { press, of } = await unit(passed, { answers: { "history.export": () => ({ kind: "cancelled" }) } });
    await press("Export unit");
    expect(of("history.export")).toMatchObject([{ format: "jsonl", filter: { unit: passed.run.uuid } }]);
  });

  it("says that there is no such run", async () => {
    const { screen } = await unit(null);
    expect(screen.get("h1").text()).toBe("No such run in the record");
  });

  it("says that the record cannot be read, and reads it again on request", async () => {
    const broken = { now: true };
    const { screen, press, pinia } = await unit(passed, {
      answers: {
        "history.run": () => {
          if (broken.now) throw new StationError("audit.locked", "it is locked", {});
          return passed;
        },
      },
    });
    expect(screen.get("h1").text()).toBe("The run cannot be read");
    expect(useStation(pinia).fault).toBeUndefined();
    broken.now = false;
    await press("Try again");
    expect(screen.find(".verdict").exists()).toBe(true);
  });
});
