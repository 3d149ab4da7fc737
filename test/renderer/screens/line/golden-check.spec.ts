// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import BatchPanel from "../../../../renderer/screens/line/batch-panel.vue";
import GoldenCard from "../../../../renderer/screens/settings/golden-card.vue";
import type { GoldenFacts } from "../../../../src/contract/desktop-golden.ts";
import { GoldenFactsSchema } from "../../../../src/contract/desktop-golden.ts";
import { reportOf, StationError } from "../../../../src/core/error.ts";
import { shown } from "../../mounted.ts";

const UNIT = {
  ...{ name: "Golden A", uuid: "50363154-3931-44f0-8022-121b6401627d", firmware: "mfw_nrf91x1_2.0.2" },
  ...{ credentials: 3, learnedAt: "2026-03-01T08:00:00.000Z" },
};
const CHECK = { run: "01900000-0000-7000-8001-000000000001", outcome: "PASS", finishedAt: "2026-03-01T09:00:00.000Z" };
const DUE = reportOf(new StationError("station.golden-due", "the golden unit was checked too long ago"));
const factsOf = (facts: object): GoldenFacts => GoldenFactsSchema.parse({ everyHours: 8, unit: UNIT, ...facts });

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  HTMLDialogElement.prototype.showModal = function (this: HTMLDialogElement) {
    this.open = true;
  };
  HTMLDialogElement.prototype.close = function (this: HTMLDialogElement) {
    this.open = false;
  };
});
afterEach(() => {
  vi.useRealTimers();
  document.body.innerHTML = "";
});

describe("the golden unit on the line", () => {
  const panel = (answers: Record<string, (asks: never) => unknown>, as: "operator" | "nobody" = "operator") =>
    shown(BatchPanel, { as, answers, props: { holding: false } });

  it("is not there where nobody uses one", async () => {
    const { screen } = await panel({});
    expect(screen.find("[data-golden]").exists()).toBe(false);
  });

  it("says why production may not start and what to do", async () => {
    const { screen } = await panel({ "golden.read": () => factsOf({ refusal: DUE, check: CHECK }) });
    expect(screen.find("[data-golden]").classes()).toContain("due");
    const need = screen.find(".need");
    expect(need.text()).toContain("The golden unit must be checked first.");
    expect(need.text()).toContain("Put it into a slot and run the golden check.");
  });

  it("checks the board in the chosen slot and shows how it ended", async () => {
    const state = { facts: factsOf({ refusal: DUE }) };
    const { screen, press, of, button } = await panel({
      "golden.read": () => state.facts,
      "golden.check": () => {
        state.facts = factsOf({ check: CHECK });
        return { outcome: "PASS", facts: state.facts };
      },
    });
    await press("Golden unit");
    expect(button("Run the golden check")?.attributes("disabled")).toBeDefined();
    await screen.findAll(".slots .slot")[2]!.trigger("click");
    await press("Run the golden check");
    expect(of("golden.check")).toEqual([{ slot: "3" }]);
    expect(screen.find("[data-golden-result]").text()).toContain("Production may start.");
    expect(screen.find("[data-golden]").classes()).not.toContain("due");
    expect(screen.find(".need").exists()).toBe(false);
  });

  it("shows what is wrong with the board", async () => {
    const error = reportOf(new StationError("run.golden-credential", "the key is another"));
    const { screen, press } = await panel({
      "golden.read": () => factsOf({}),
      "golden.check": () => ({ outcome: "FAIL", error, facts: factsOf({}) }),
    });
    await press("Golden unit");
    await screen.findAll(".slots .slot")[0]!.trigger("click");
    await press("Run the golden check");
    expect(screen.find("[data-golden-result]").classes()).toContain("fail");
    expect(screen.find("[data-golden-result]").text()).toContain("The golden unit is not as learned.");
  });

  it("cannot be checked by nobody", async () => {
    const { press, button, screen } = await panel({ "golden.read": () => factsOf({}) }, "nobody");
    await press("Golden unit");
    await screen.findAll(".slots .slot")[0]!.trigger("click");
    expect(button("Run the golden check")?.attributes("disabled")).toBeDefined();
    expect(screen.text()).toContain("Sign in first");
  });
});

describe("the golden unit in the settings", () => {
  it("is learned and required by an engineer", async () => {
    const state: { facts: GoldenFacts } = { facts: { everyHours: null } };
    const { screen, press, of } = await shown(GoldenCard, {
      as: "engineer",
      answers: {
        "golden.read": () => state.facts,
        "golden.rule": ({ everyHours }: { readonly everyHours: number | null }) => (state.facts = { everyHours }),
        "golden.learn": () => ({ outcome: "PASS", facts: (state.facts = factsOf({})) }),
      },
    });
    expect(screen.text()).toContain("No board was learned yet.");
    await screen.find("[data-golden-wanted]").setValue(true);
    expect(of("golden.rule")).toEqual([{ everyHours: 12 }]);
    await screen.find("input[type=number]").setValue("500");
    expect(of("golden.rule")[1]).toEqual({ everyHours: 168 });
    await screen.find("input[maxlength]").setValue(" Golden A ");
    await screen.findAll(".slots .slot")[0]!.trigger("click");
    await screen.find("form").trigger("submit");
    expect(of("golden.learn")).toEqual([{ slot: "1", name: "Golden A" }]);
    await press("Learn this board");
    expect(screen.text()).toContain("The board was learned.");
    expect(screen.text()).toContain("3 credentials");
  });

  it("is only shown to an operator", async () => {
    const { screen } = await shown(GoldenCard, { as: "operator", answers: { "golden.read": () => factsOf({}) } });
    const fields = screen.findAll("input, button");
    expect(fields.every((field) => field.attributes("disabled") !== undefined)).toBe(true);
    expect(screen.text()).toContain("Only an engineer may change this");
  });
});
