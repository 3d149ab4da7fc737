import { describe, expect, it } from "vitest";
import { seconds } from "../../src/core/duration.ts";
import { playedEvents, scenarioFrom } from "../fakes/session-rig.ts";
import { playScenario } from "../../src/cli/conformance/session-driver.ts";

const INTERVAL = "provisioning/interval-sec";
const sched = { variant: "http_sched" };

const firstDelays = (events: readonly string[]): readonly string[] =>
  events.filter((event) => event.startsWith("SCHEDULED") || event.startsWith("FATAL"));

describe("scheduled provisioning", () => {
  it("starts 1 s after init and then every INTERVAL_S", async () => {
    const events = await playedEvents({ ...sched, steps: [["init"], ["run", 5]] }, { interval: seconds(120) });
    expect(firstDelays(events)).toEqual(["SCHEDULED_PROVISIONING 1@0", "SCHEDULED_PROVISIONING 120@1"]);
    expect(events).toContain("START@1");
  });

  it("adds random mod SPREAD_S to the first delay and to every later one", async () => {
    const spread = { spread: seconds(7), interval: seconds(100) };
    const events = await playedEvents({ ...sched, rand: 12, steps: [["init"], ["run", 4]] }, spread);
    expect(firstDelays(events)).toEqual(["SCHEDULED_PROVISIONING 6@0", "SCHEDULED_PROVISIONING 105@6"]);
  });

  it("doubles the previous delay up to INTERVAL_S while the host has no clock", async () => {
    const script = { ...sched, timeNowErr: -61, steps: [["init"], ["run", 14]] };
    const events = await playedEvents(script, { interval: seconds(10) });
    const delays = firstDelays(events).map((event) => Number(event.split(/[ @]/)[1]));
    expect(delays).toEqual([1, 2, 4, 8, 10, 10, 10]);
  });

  it("stops for good with FATAL_ERROR at another clock error", async () => {
    const trace = await playScenario(scenarioFrom({ ...sched, timeNowErr: -5, steps: [["init"], ["run", 9]] }));
    expect(trace.at(-2)).toMatchObject({ event: "FATAL_ERROR" });
    expect(trace.at(-1)).toMatchObject({ nextDue: null });
  });

  it("schedules nothing after FAILED_NO_VALID_DATETIME until somebody triggers", async () => {
    const script = { ...sched, timeValidAt: 100, steps: [["init"], ["run", 4], ["wait", 60], ["trigger"], ["run", 2]] };
    expect(await playedEvents(script)).toEqual([
      "SCHEDULED_PROVISIONING 1@0",
      "START@1",
      "FAILED_NO_VALID_DATETIME@61",
      "STOP@61",
      "START@121",
      "NO_COMMANDS@121",
      "STOP@121",
      "SCHEDULED_PROVISIONING 86400@121",
    ]);
  });

  it.each([
    ["2147483647", ["SCHEDULED_PROVISIONING 1@0", "SCHEDULED_PROVISIONING 2147483647@1"]],
    ["2147483648", ["SCHEDULED_PROVISIONING 1@0", "FATAL_ERROR@1"]],
    ["4294967295", ["SCHEDULED_PROVISIONING 1@0", "FATAL_ERROR@1"]],
    ["9223372036854775807", ["SCHEDULED_PROVISIONING 1@0", "FATAL_ERROR@1"]],
    ["4294967356", ["SCHEDULED_PROVISIONING 1@0", "SCHEDULED_PROVISIONING 60@1"]],
  ])("hands the stored interval %s on as 32 bits in strict mode", async (stored, expected) => {
    const events = await playedEvents({ ...sched, settings: { [INTERVAL]: stored }, steps: [["init"], ["run", 4]] });
    expect(firstDelays(events)).toEqual(expected);
  });

  it("cuts stored intervals at one year by default", async () => {
    const script = { ...sched, settings: { [INTERVAL]: "9223372036854775807" }, steps: [["init"], ["run", 4]] };
    const events = await playedEvents(script, { compatibility: "default" });
    expect(firstDelays(events)).toEqual(["SCHEDULED_PROVISIONING 1@0", "SCHEDULED_PROVISIONING 31536000@1"]);
  });

  it("schedules anew instead of running when the stored interval changed meanwhile", async () => {
    const timeline = [[50, "put", INTERVAL, "300"]];
    const script = { ...sched, settings: { [INTERVAL]: "100" }, timeline, steps: [["init"], ["run", 5]] };
    expect((await playedEvents(script)).slice(4)).toEqual([
      "SCHEDULED_PROVISIONING 100@1",
      "SCHEDULED_PROVISIONING 300@101",
    ]);
  });

  it("reads interval texts as C does: 0x10 and 010 are 16 and 8", async () => {
    const delays = async (stored: string): Promise<string | undefined> => {
      const script = { ...sched, settings: { [INTERVAL]: stored }, steps: [["init"], ["run", 4]] };
      return firstDelays(await playedEvents(script)).at(-1);
    };
    expect([await delays("0x10"), await delays("010")]).toEqual([
      "SCHEDULED_PROVISIONING 16@1",
      "SCHEDULED_PROVISIONING 8@1",
    ]);
  });

  it("ignores a stored interval of 20 bytes or more", async () => {
    const script = { ...sched, settings: { [INTERVAL]: "                  60" }, steps: [["init"], ["run", 4]] };
    expect(firstDelays(await playedEvents(script)).at(-1)).toBe("SCHEDULED_PROVISIONING 86400@1");
  });

  it("takes a shortened key for the first that begins like it in strict mode only", async () => {
    const script = { ...sched, settings: { "provisioning/i": "77" }, steps: [["init"], ["run", 4]] };
    expect(firstDelays(await playedEvents(script)).at(-1)).toBe("SCHEDULED_PROVISIONING 77@1");
    const decided = await playedEvents(script, { compatibility: "default" });
    expect(firstDelays(decided).at(-1)).toBe("SCHEDULED_PROVISIONING 86400@1");
  });

  it("reads its settings under SETTINGS_STORAGE_PATH", async () => {
    const script = { ...sched, settings: { "other/path/interval-sec": "77" }, steps: [["init"], ["run", 4]] };
    const events = await playedEvents(script, { settingsStoragePath: "other/path" });
    expect(firstDelays(events).at(-1)).toBe("SCHEDULED_PROVISIONING 77@1");
  });
});

describe("backoff", () => {
  it("begins at INITIAL_BACKOFF, doubles, and is forgotten after another result", async () => {
    const server = [{ status: 500 }, { ret: -110 }, { status: 400 }, { status: 500 }];
    const script = { ...sched, server, steps: [["init"], ["run", 7]] };
    const events = await playedEvents(script, { initialBackoff: seconds(10), interval: seconds(1000) });
    expect(events.filter((event) => event.startsWith("START"))).toEqual([
      "START@1",
      "START@11",
      "START@31",
      "START@1031",
    ]);
  });

  it("never grows beyond 86400 s", async () => {
    const server = Array.from({ length: 14 }, () => ({ status: 500 }));
    const trace = await playScenario(scenarioFrom({ ...sched, server, steps: [["init"], ["run", 16]] }));
    const starts = trace.filter(({ event }) => event === "START").map(({ t }) => t);
    expect((starts.at(-1) ?? 0) - (starts.at(-2) ?? 0)).toBe(86_400);
  });

  it("is not there without scheduling", async () => {
    const trace = await playScenario(
      scenarioFrom({ server: [{ status: 500 }], steps: [["init"], ["trigger"], ["run", 3]] }),
    );
    expect(trace.at(-1)).toMatchObject({ nextDue: null });
  });

  it("is silent and without START while there is no network", async () => {
    const script = { ...sched, steps: [["init"], ["run", 2], ["net", 0], ["run", 4]] };
    expect(await playedEvents(script)).toEqual(["SCHEDULED_PROVISIONING 1@0"]);
  });

  it("ends at once when the network comes back", async () => {
    const script = {
      ...sched,
      steps: [["init"], ["run", 2], ["net", 0], ["run", 1], ["wait", 5], ["net", 1], ["run", 1]],
    };
    expect(await playedEvents(script)).toContain("START@6");
  });
});
