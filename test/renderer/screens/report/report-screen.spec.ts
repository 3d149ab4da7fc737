// @vitest-environment happy-dom
import { flushPromises } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import ReportScreen from "../../../../renderer/screens/report/report-screen.vue";
import { fakeReport } from "../../../../renderer/dev/fake-report.ts";
import { StationError } from "../../../../src/core/error.ts";
import type { ReportOrder } from "../../../../src/contract/report.ts";
import { shown, type MountOptions } from "../../mounted.ts";
import { gate } from "../fake-client.ts";

/** A production station; the fake one has runs of the production alone. */
const PRODUCTION = { scene: "report", path: "/report" } satisfies MountOptions;

async function report(options: MountOptions = {}) {
  const rest = await shown(ReportScreen, { ...PRODUCTION, ...options });
  await flushPromises();
  const { screen, of } = rest;
  const orders = () => of("report.read").map((asks) => (asks as { order: ReportOrder }).order);
  const filter = () => orders().at(-1)?.filter;
  const card = (name: string) => screen.get(`[data-picture=${name}]`);
  const inCard = async (name: string, text: string): Promise<void> => {
    const found = card(name)
      .findAll("button")
      .find((one) => one.text().startsWith(text) || one.attributes("title") === text);
    await found!.trigger("click");
    await flushPromises();
  };
  return { ...rest, orders, filter, card, inCard };
}

describe("the Report screen", () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: Date.parse("2026-03-02T11:00:00.000Z") });
    Object.defineProperty(document, "fonts", { value: { ready: Promise.resolve() }, configurable: true });
  });
  afterEach(() => {
    vi.useRealTimers();
    document.body.innerHTML = "";
  });

  describe("its pictures", () => {
    it("say in words what they show", async () => {
      const { screen, card } = await report();
      expect(screen.findAll("[data-picture]").map((one) => one.attributes("data-picture"))).toContain("failures");
      for (const picture of screen.findAll("[data-picture] [role=img]"))
        expect(picture.attributes("aria-label")!.length).toBeGreaterThan(20);
      expect(card("slots").get("[role=img]").attributes("aria-label")).toContain(
        "Slots 14 and 21 fail more often than chance explains.",
      );
    });

    it("give their place to their numbers, and take it back", async () => {
      const { card, inCard } = await report();
      const tool = () => card("failures").get("button[aria-pressed]");
      expect(tool().attributes("aria-pressed")).toBe("false");
      await inCard("failures", "Table");
      expect(tool().attributes("aria-pressed")).toBe("true");
      expect(card("failures").find("[role=img]").exists()).toBe(false);
      expect(card("failures").findAll("thead th[scope=col]").length).toBeGreaterThan(1);
      expect(card("failures").findAll("tbody tr")).toHaveLength(6);
      expect(card("failures").get(".table").attributes("tabindex")).toBe("0");
      expect(card("slots").find("table").exists()).toBe(false);
      await inCard("failures", "Table");
      expect(card("failures").find("[role=img]").exists()).toBe(true);
    });

    it("break failures down by reason, recipe or operator", async () => {
      const { card, inCard } = await report();
      await inCard("failures", "Table");
      await inCard("failures", "By reason");
      await inCard("failures", "By operator");
      expect(card("failures").get(".table").attributes("aria-label")).toBe("Failures by operator");
      expect(card("failures").get("tbody").text()).toContain("Operator 12");
      expect(card("failures").find(".panel").exists()).toBe(false);
    });

    it("save their numbers as CSV, and say where", async () => {
      const { inCard, of, screen, press } = await report({
        answers: { "report.save": () => ({ kind: "saved", file: "failures.csv" }) },
      });
      await inCard("failures", "Save");
      await inCard("failures", "CSV");
      const [asked] = of("report.save") as [{ picture: string; content: { format: string; rows: string[][] } }];
      expect(asked).toMatchObject({ picture: "failures", content: { format: "csv" } });
      expect(asked.content.rows).toHaveLength(7);
      expect(screen.get(".notice[role=status]").text()).toContain("failures.csv");
      await press("Close");
      expect(screen.find(".notice").exists()).toBe(false);
    });

    it("say aloud why they could not be saved", async () => {
      const refuse = () => {
        throw new StationError("audit.full", "the disk is full", {});
      };
      const { inCard, screen } = await report({ answers: { "report.save": refuse } });
      await inCard("failures", "Save");
      await inCard("failures", "CSV");
      expect(screen.find(".notice[role=alert]").exists()).toBe(true);
    });
  });

  describe("its filters", () => {
    it("ask for today's production at first", async () => {
      const { orders, filter } = await report();
      expect(orders()).toHaveLength(1);
      expect(filter()).toMatchObject({ mode: "production" });
      expect(Date.parse(filter()?.from ?? "")).toBeLessThanOrEqual(Date.now());
      expect(filter()).not.toHaveProperty("recipe");
    });

    it.each([
      ["All recipes", "Meter LTE-M EU 13", { recipe: "Meter LTE-M EU 13" }],
      ["All fixtures", "Tray FX-03", { fixture: "Tray FX-03" }],
      ["All operators", "Operator 12", { operator: "Operator 12" }],
    ])("narrow %s to one", async (all, choice, want) => {
      const { press, filter, button } = await report();
      await press(all);
      const found = document.querySelectorAll<HTMLElement>(".filters .choice");
      [...found].find((one) => one.textContent.trim() === choice)!.click();
      await flushPromises();
      expect(filter()).toMatchObject(want);
      expect(button(choice)?.classes()).toContain("active");
      expect(document.activeElement).toBe(button(choice)?.element);
    });

    it("take the shift, and own days", async () => {
      const { screen, press, filter } = await report();
      await press("Today");
      await press("This shift");
      expect(Date.parse(filter()!.from!)).toBe(new Date(Date.now()).setHours(6, 0, 0, 0));
      await press("This shift");
      await press("From day to day");
      const [first, last] = screen.findAll<HTMLInputElement>("input[type=date]");
      first!.element.value = "2026-02-01";
      await first!.trigger("change");
      last!.element.value = "2026-02-28";
      await last!.trigger("change");
      await flushPromises();
      expect(filter()?.from).toBe(new Date(2026, 1, 1).toISOString());
      expect(screen.get(".filters").text()).toContain("2026-02-01 – 2026-02-28");
    });

    it("count training runs too, and mark every picture that does", async () => {
      const { press, filter, screen } = await report();
      expect(screen.find(".mode").exists()).toBe(false);
      await press("Production");
      await press("Production and training");
      expect(filter()?.mode).toBe("both");
      const cards = screen.findAll("[data-picture]");
      expect(cards.every((card) => card.get(".mode").text() === "With TRAINING")).toBe(true);
    });

    it("close by Escape, and give the keyboard back", async () => {
      const { screen, button, press } = await report();
      await press("All recipes");
      expect(button("All recipes")?.attributes("aria-expanded")).toBe("true");
      await screen.get(".filters .panel").trigger("keydown", { key: "Escape" });
      expect(button("All recipes")?.attributes("aria-expanded")).toBe("false");
      expect(document.activeElement).toBe(button("All recipes")?.element);
    });

    it("read once more after every batch", async () => {
      const { main, orders } = await report();
      const batch = "00000000-0000-7000-8000-000000000001" as never;
      const summary = { batch, units: 1, pass: 1, fail: 0, error: 0, aborted: 0, seconds: 5 };
      main.tell({ kind: "batch.finished", summary });
      expect(orders()).toHaveLength(2);
    });
  });

  it("explains how each figure is counted", async () => {
    const { screen, press } = await report();
    await press("How it counts");
    const names = screen.findAll("dl[tabindex='0'] dt").map((name) => name.text());
    expect(names).toEqual(expect.arrayContaining(["Runs", "Judged runs", "Yield", "First-pass yield", "Throughput"]));
    for (const text of screen.findAll("dl[tabindex='0'] dd")) expect(text.text()).not.toContain("report.");
  });

  describe("where there is nothing to show", () => {
    it("says that the range has no runs, and offers a longer one", async () => {
      const { screen, press, filter } = await report({ scene: "ready-8" });
      expect(screen.get(".nothing h2").text()).toBe("No runs in this range");
      const before = filter()!.from!;
      await press("30 days");
      expect(Date.parse(filter()!.from!)).toBeLessThan(Date.parse(before));
    });

    it("says that no run fits the filters, and clears them but for the range", async () => {
      const { screen, press, filter } = await report({ scene: "ready-8" });
      await press("All recipes");
      await press("Meter LTE-M EU 13");
      expect(screen.get(".nothing").text()).toContain("No run fits the filters.");
      await press("Clear the filters");
      expect(filter()).not.toHaveProperty("recipe");
    });

    it("says that the record cannot be read, and reads it again on request", async () => {
      const broken = { now: true };
      const read = ({ order }: { readonly order: ReportOrder }) => {
        if (broken.now) throw new StationError("audit.locked", "it is locked", {});
        return fakeReport(order, Date.now());
      };
      const { screen, press } = await report({ answers: { "report.read": read } });
      expect(screen.get("[role=alert] h2").text()).toBe("The record cannot be read");
      broken.now = false;
      await press("Try again");
      expect(screen.find("[role=alert]").exists()).toBe(false);
      expect(screen.find("[data-picture]").exists()).toBe(true);
    });

    it("shows how far the reading is, and gives it up by Cancel", async () => {
      const end = gate<unknown>();
      const { screen, press, main, of } = await report({ answers: { "report.read": () => end.promise } });
      expect(screen.get(".status").attributes("aria-busy")).toBe("true");
      const { job } = of("report.read")[0] as { readonly job: string };
      main.pass("progress", { job, done: 30, total: 120 });
      await flushPromises();
      expect(screen.get("[role=progressbar]").attributes("aria-valuenow")).toBe("25");
      await press("Cancel");
      expect(of("cancel")).toEqual([{ job }]);
      expect(screen.get(".nothing").text()).toContain("The reading was stopped.");
      expect(screen.get(".nothing button").text()).toBe("Try again");
    });
  });
});
