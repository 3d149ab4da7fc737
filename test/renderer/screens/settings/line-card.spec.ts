// @vitest-environment happy-dom
import { flushPromises } from "@vue/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FAKE_LINE, FAKE_STATIONS, fakeLineState, NO_LINE } from "../../../../renderer/dev/fake-line.ts";
import LineCard from "../../../../renderer/screens/settings/line-card.vue";
import type { LineSettings, LineState } from "../../../../src/contract/desktop-line.ts";
import { reportOf, StationError } from "../../../../src/core/error.ts";
import { shown, type MountOptions } from "../../mounted.ts";

const NOW = Date.parse("2026-03-02T11:00:00.000Z");

/** The card of a station with these settings, whose line stands so. */
function card(settings: LineSettings, { state, answers = {}, ...options }: MountOptions & { state?: LineState } = {}) {
  return shown(LineCard, {
    ...options,
    answers: { "line.settings": () => settings, "line.stations": () => FAKE_STATIONS, ...answers },
    ...(state === undefined ? {} : { facts: (snapshot) => ({ ...snapshot, sharedLine: state }) }),
  });
}

describe("the line on Settings", () => {
  beforeEach(() => void vi.useFakeTimers({ now: NOW }));
  afterEach(() => {
    vi.useRealTimers();
    document.body.innerHTML = "";
  });

  it("is offered where the station works for itself", async () => {
    const chosen = { ...FAKE_LINE, restart: true, credentials: { from: "none", wanted: true } } as const;
    const { screen, of, press } = await card(NO_LINE, { answers: { "line.choose": () => chosen } });
    expect(screen.text()).toContain("works for itself");
    expect(screen.find("[data-leave-line]").exists()).toBe(false);
    await screen.get("input[type=checkbox]").setValue(true);
    await press("Choose a line file …");
    expect(of("line.choose")).toEqual([{ fromNow: true }]);
    expect(screen.text()).toContain("Line 3");
    expect(screen.text()).toContain("counts from the next start");
    expect(screen.find("[data-keep-credentials]").exists()).toBe(true);
  });

  it("tells how it stands, what waits and why", async () => {
    const problem = reportOf(new StationError("line.refused", "the server refused"));
    const state = fakeLineState(NOW, {
      link: "away",
      waiting: 1234,
      problem,
      alone: 2,
      reachedAt: "2026-03-02T10:59:00.000Z",
    });
    const { screen, main } = await card(FAKE_LINE, { state });
    const facts = screen.get("[data-line-state]").text();
    for (const part of ["Away", "1,234", "No unit is started", "2 alone, 0 in conflict", "Reached last"])
      expect(facts).toContain(part);
    main.tell({ kind: "shared-line", line: fakeLineState(NOW) });
    await flushPromises();
    expect(screen.get("[data-line-state]").text()).toContain("Reached");
    expect(screen.get("[data-line-state]").text()).not.toContain("1,234");
  });

  it("names the stations and what does not fit in their chains", async () => {
    const { screen } = await card(FAKE_LINE);
    const rows = screen.findAll(".stations li").map((row) => row.text());
    expect(rows[0]).toContain("Record whole up to 12,846");
    expect(rows[1]).toContain("Position 8,004: events are missing");
    expect(screen.findAll("li.broken")).toHaveLength(1);
  });

  it("takes the database's address once, shows it never, and says why it was not taken", async () => {
    const refuse = () => {
      throw new StationError("collect.unreachable", "nobody there");
    };
    const told: { answer: () => LineSettings } = { answer: refuse };
    const { screen, of } = await card(
      { ...FAKE_LINE, database: { from: "none", wanted: false } },
      {
        answers: { "line.keep-database": () => told.answer() },
      },
    );
    await screen.get("[data-enter-central]").trigger("click");
    const field = screen.get<HTMLInputElement>("[data-central-address]");
    expect(field.attributes("type")).toBe("password");
    await field.setValue(" postgres://reader:planted@db/line ");
    await screen.get("form").trigger("submit");
    await flushPromises();
    expect(of("line.keep-database")).toEqual([{ address: "postgres://reader:planted@db/line", keep: "vault" }]);
    expect(screen.get("[role=alert]").text()).toContain("does not answer");
    expect(field.element.value).not.toBe("");
    told.answer = () => FAKE_LINE;
    await screen.get("form").trigger("submit");
    await flushPromises();
    expect(screen.find("[data-central-address]").exists()).toBe(false);
    expect(screen.html()).not.toContain("planted");
    expect(screen.findAll(".stations li")).toHaveLength(2);
  });

  it("says so where the computer protects nothing, and keeps it in spite of that only when asked", async () => {
    const weak: LineSettings = { ...FAKE_LINE, keeping: "file", credentials: { from: "none", wanted: true } };
    const { screen, of, press } = await card(weak, { answers: { "line.keep-credentials": () => weak } });
    expect(screen.text()).toContain("protects no secrets");
    await press("Choose the credentials …");
    expect(of("line.keep-credentials")).toEqual([{ keep: "unprotected" }]);
  });

  it("tells why the file cannot be used, and starts the station anew", async () => {
    const problem = reportOf(new StationError("line.credentials", "none"));
    const { screen, of, press } = await card(
      { ...FAKE_LINE, problem, restart: true },
      { answers: { "line.restart": () => null } },
    );
    expect(screen.get("[role=alert]").text()).toContain("no NATS credentials");
    await press("Restart the station");
    expect(of("line.restart")).toEqual([null]);
  });

  it("may be changed by an engineer alone", async () => {
    const { screen } = await card(FAKE_LINE, { as: "operator" });
    for (const button of screen.findAll("button")) expect(button.attributes("disabled")).toBeDefined();
    expect(screen.text()).toContain("engineer");
  });
});
