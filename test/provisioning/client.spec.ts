import { describe, expect, it } from "vitest";
import { milliseconds, seconds } from "../../src/core/duration.ts";
import { StationError } from "../../src/core/error.ts";
import { playScenario } from "../../src/cli/conformance/session-driver.ts";
import { SessionWorld } from "../../src/cli/conformance/session-world.ts";
import { apiNumber } from "../../src/provisioning/api-result.ts";
import type { ClientPorts } from "../../src/provisioning/client-ports.ts";
import { ProvisioningClient } from "../../src/provisioning/client.ts";
import type { ProvisioningEvent } from "../../src/provisioning/events.ts";
import type { OptionChanges } from "../../src/provisioning/options.ts";
import type { SessionOutcome } from "../../src/provisioning/session-result.ts";
import {
  elapse,
  fieldIn,
  LINE,
  listHex,
  OneShotRig,
  pass,
  playedEvents,
  scenarioFrom,
  type Script,
} from "../fakes/session-rig.ts";

const sched = { variant: "http_sched" };
const ID = "9685ef84-8cac-4257-b5cc-94bc416a1c1d";
const keygen = { kind: "at", id: `${ID}.1`, command: "%KEYGEN", parameters: "1,2,0", ignoreCmeErrors: [] } as const;
const config = {
  kind: "config",
  id: `${ID}.2`,
  properties: [
    ["provisioning/interval-sec", "300"],
    ["app/name", "x"],
  ],
} as const;

const apiResults = async (script: Script, changes: OptionChanges = {}): Promise<readonly unknown[]> =>
  fieldIn(await playScenario(scenarioFrom(script, changes)), "api", "ret");

/** A client driven by the clock, as a product has it. */
function live(script: Script, changes: OptionChanges = LINE, ports: Partial<ClientPorts> = {}) {
  const scenario = scenarioFrom(script, changes);
  const world = new SessionWorld(scenario);
  const { modem, clock, http, coap, hostClock } = world;
  const own = { modem, clock, settings: world.store, http, coap, hostClock, random: () => scenario.rand };
  const client = new ProvisioningClient({ ...own, ...ports }, scenario.options);
  world.onNetwork = (up) => client.notifyNetwork(up);
  const events: string[] = [];
  const take = (event: ProvisioningEvent): void => {
    events.push(`${event.type}@${world.now}`);
    world.take(event);
  };
  return { world, client, clock, events, take };
}

describe("the calls of the client", () => {
  it("init answers 0, EINVAL without callback, EALREADY the second time", async () => {
    expect(await apiResults({ steps: [["init", null], ["init"], ["init"], ["init", null]] })).toEqual([
      -22, 0, -114, -22,
    ]);
  });

  it("trigger_manually answers EFAULT before init, else 0 and a run at once", async () => {
    expect(await apiResults({ steps: [["trigger"], ["init"], ["trigger"]] })).toEqual([-14, 0, 0]);
    const script = { ...sched, steps: [["init"], ["run", 2], ["trigger"], ["run", 1]] };
    expect(await playedEvents(script)).toContain("START@0");
  });

  it("set_interval answers EFAULT, EINVAL, ENOTSUP, ENOSTR or 0", async () => {
    expect(await apiResults({ steps: [["interval", 5], ["init"], ["interval", -1], ["interval", 5]] })).toEqual([
      -14, 0, -22, -95,
    ]);
    const settingsFail = { "provisioning/interval-sec": -28 };
    expect(await apiResults({ ...sched, settingsFail, steps: [["init"], ["interval", 5]] })).toEqual([0, -60]);
    expect(await apiResults({ ...sched, steps: [["init"], ["interval", 5]] })).toEqual([0, 0]);
  });

  it("set_interval stores decimal text and schedules anew; the same value changes nothing", async () => {
    const steps = [["init"], ["run", 4], ["interval", 500], ["run", 1], ["interval", 500], ["wait", 1]];
    const trace = await playScenario(scenarioFrom({ ...sched, steps }));
    expect(fieldIn(trace, "settingsSave", "value")).toEqual(["500"]);
    expect(trace.at(-1)).toMatchObject({ nextDue: 501, settings: { "provisioning/interval-sec": "500" } });
  });

  it("set_interval has changed the value in memory already when it cannot be stored", async () => {
    const settingsFail = { "provisioning/interval-sec": -28 };
    const script = { ...sched, settingsFail, steps: [["init"], ["run", 2], ["interval", 500], ["run", 2]] };
    expect((await playedEvents(script)).at(-1)).toBe("SCHEDULED_PROVISIONING 500@1");
  });

  it("set_interval 0 means INTERVAL_S again", async () => {
    const script = {
      ...sched,
      settings: { "provisioning/interval-sec": "60" },
      steps: [["init"], ["run", 4], ["interval", 0], ["run", 1]],
    };
    expect((await playedEvents(script)).at(-1)).toBe("SCHEDULED_PROVISIONING 86400@1");
  });

  it("set_interval takes at most a year by default, and no fractions", async () => {
    const steps = [["init"], ["interval", 31_536_000], ["interval", 31_536_001], ["interval", 1.5]];
    expect(await apiResults({ ...sched, steps }, { compatibility: "default" })).toEqual([0, 0, -22, -22]);
  });

  it("have the library's numbers", () => {
    expect([apiNumber(0), apiNumber("EINVAL"), apiNumber("EALREADY"), apiNumber("EFAULT")]).toEqual([
      0, -22, -114, -14,
    ]);
    expect([apiNumber("ENOTSUP"), apiNumber("ENOSTR")]).toEqual([-95, -60]);
  });
});

describe("modes of the client", () => {
  it("runs only when triggered without AUTO_START_ON_INIT", async () => {
    expect(await playedEvents({ steps: [["init"], ["run", 5], ["wait", 100_000]] })).toEqual([]);
  });

  it("runs once right after init with AUTO_START_ON_INIT", async () => {
    const script = { variant: "http_auto", steps: [["init"], ["run", 5], ["wait", 100_000]] };
    expect(await playedEvents(script)).toEqual(["START@0", "NO_COMMANDS@0", "STOP@0"]);
  });

  it("raises FATAL_ERROR and no STOP when the settings store does not open", async () => {
    expect(await playedEvents({ variant: "http_auto", settingsInit: -5, steps: [["init"], ["run", 5]] })).toEqual([
      "FATAL_ERROR@0",
    ]);
  });

  it("hears of the network only once its store is open", async () => {
    const script = { ...sched, steps: [["init"], ["net", 0], ["run", 3]] };
    expect(await playedEvents(script)).toContain("START@1");
  });

  it("waits VALID_DATE_TIME_TIMEOUT_SECONDS for the host's time, looking every second", async () => {
    const late = { timeValidAt: 4.5, steps: [["init"], ["trigger"], ["run", 2]] };
    expect(await playedEvents(late)).toEqual(["START@0", "NO_COMMANDS@5", "STOP@5"]);
    const never = { ...late, timeValidAt: 1000 };
    expect(await playedEvents(never, { validDateTimeTimeout: seconds(9) })).toEqual([
      "START@0",
      "FAILED_NO_VALID_DATETIME@9",
      "STOP@9",
    ]);
  });
});

describe("a single run", () => {
  it("needs no init and tells what happened", async () => {
    const rig = new OneShotRig({
      server: [{ status: 200, body: listHex(keygen, config, { kind: "finished", id: "f" }) }, { status: 200 }],
    });
    expect(await rig.run()).toEqual({
      result: "done",
      rounds: 1,
      commands: { concluded: 3, failed: 0, reported: 3 },
      latestId: "f",
    });
    expect(rig.names).toEqual(["START", "NEED_LTE_DEACTIVATED", "NEED_LTE_ACTIVATED", "DONE", "STOP"]);
    expect(rig.world.settings.entries()).toEqual(config.properties);
  });

  it("announces each command before it is sent and concludes it afterwards", async () => {
    const log: string[] = [];
    const rig = new OneShotRig({ server: [{ status: 200, body: listHex(keygen) }, { status: 200 }] }, LINE, {
      announce: (command, place) => {
        log.push(`announce ${command.id} ${place.ordinal}/${place.total} ${rig.commands.includes("AT%KEYGEN=1,2,0")}`);
        return Promise.resolve();
      },
      concluded: (command, _place, response) => log.push(`concluded ${command.id} ${response?.kind}`),
    });
    await rig.run();
    expect(log).toEqual([`announce ${ID}.1 1/1 false`, `concluded ${ID}.1 at`]);
  });

  it("sends nothing when the announcement is refused, and fails", async () => {
    const refused = new StationError("station.store-failed", "disk full");
    const rig = new OneShotRig({ server: [{ status: 200, body: listHex(keygen) }] }, LINE, {
      announce: () => Promise.reject(refused),
    });
    expect(await rig.run()).toMatchObject({ result: "failed", error: refused });
    expect(rig.commands).not.toContain("AT%KEYGEN=1,2,0");
    expect(rig.names.slice(-2)).toEqual(["FAILED", "STOP"]);
  });

  it("raises the attestation token with FAILED_DEVICE_NOT_CLAIMED, unless the option is off or the modem has none", async () => {
    const tokenOf = async (script: Script, changes: OptionChanges): Promise<string | undefined> => {
      const rig = new OneShotRig({ server: [{ status: 401 }], ...script }, changes);
      await rig.run();
      const event = rig.events.find(({ type }) => type === "FAILED_DEVICE_NOT_CLAIMED");
      return event?.type === "FAILED_DEVICE_NOT_CLAIMED" ? event.token?.reveal() : "no event";
    };
    expect(await tokenOf({}, LINE)).toBe("attest.cose");
    expect(await tokenOf({}, { ...LINE, provideAttestationToken: false })).toBeUndefined();
    expect(await tokenOf({ at: [["ATTEST", "ERROR\r\n"]] }, LINE)).toBeUndefined();
  });

  it("is an outcome too when stopped by its signal, with STOP as the last event", async () => {
    const controller = new AbortController();
    const rig = new OneShotRig({ server: [{ silent: true }] });
    rig.world.clock.after(milliseconds(500), () => controller.abort(new StationError("station.aborted", "stopped")));
    expect(await rig.run(controller.signal)).toMatchObject({ result: "failed", error: { code: "station.aborted" } });
    expect(rig.names).toEqual(["START", "FAILED", "STOP"]);
    expect(rig.world.now).toBe(0.5);
  });

  it("is refused while another one is under way", async () => {
    const rig = new OneShotRig({ server: [{ silent: true }] });
    const first = rig.run();
    const second = await rig.client.runOnce(() => undefined);
    expect(second).toMatchObject({ result: "failed", error: { code: "provisioning.client-busy" } });
    expect(await first).toMatchObject({ errno: "ETIMEDOUT" });
  });

  it("raises FATAL_ERROR alone when the store does not open", async () => {
    const rig = new OneShotRig({ settingsInit: -5 });
    expect(await rig.run()).toMatchObject({ result: "failed", error: { code: "provisioning.settings-unavailable" } });
    expect(rig.names).toEqual(["FATAL_ERROR"]);
  });

  it("fails when the client has no transport of its options' kind", async () => {
    const rig = new OneShotRig({ variant: "coap_manual" });
    const { modem, clock, http } = rig.world;
    const client = new ProvisioningClient(
      { modem, clock, http, settings: rig.world.store },
      scenarioFrom({ variant: "coap_manual" }).options,
    );
    expect(await client.runOnce(() => undefined)).toMatchObject({ errno: "ENOTSUP" });
  });

  it("tells of callbacks that fail and goes on", async () => {
    const mishaps: string[] = [];
    const rig = new OneShotRig({}, LINE, { onMishap: ({ code }) => mishaps.push(code) });
    const outcome = await elapse(
      rig.world.clock,
      rig.client.runOnce((event) => {
        if (event.type === "START") throw new StationError("station.internal", "thrown");
        return event.type === "STOP" ? Promise.reject(new StationError("station.internal", "rejected")) : undefined;
      }),
    );
    expect(outcome.result).toBe("no-commands");
    expect(mishaps).toEqual(["station.internal", "station.internal"]);
  });
});

describe("a client driven by the clock", () => {
  it("keeps its schedule by itself", async () => {
    const { client, clock, events, take } = live(sched, { ...LINE, interval: seconds(60) });
    expect(client.init(take)).toBe(0);
    await pass(clock, seconds(62));
    expect(events.filter((event) => event.startsWith("START"))).toEqual(["START@1", "START@61"]);
    await client.close();
    expect(clock.untilNext()).toBeUndefined();
  });

  it("takes an interval that a config command sets for the next attempt", async () => {
    const server = [{ status: 200, body: listHex(config) }, { status: 200 }];
    const { client, clock, events, take } = live({ ...sched, server }, LINE);
    client.init(take);
    await pass(clock, seconds(310));
    expect(events.filter((event) => event.startsWith("START"))).toEqual(["START@1", "START@301"]);
    await client.close();
  });

  it("stops the run under way when it is closed, and nothing follows", async () => {
    const outcomes: SessionOutcome[] = [];
    const script = { server: [{ silent: true }] };
    const { client, clock, events, take } = live(script, LINE, { onOutcome: (outcome) => outcomes.push(outcome) });
    client.init(take);
    client.triggerManually();
    await pass(clock, seconds(1));
    await client.close();
    expect(outcomes).toMatchObject([{ result: "failed", error: { code: "station.closing" } }]);
    expect(events.map((event) => event.split("@")[0])).toEqual(["START", "FAILED", "STOP"]);
    expect(clock.untilNext()).toBeUndefined();
    expect(await client.runOnce(take)).toMatchObject({ error: { code: "station.closing" } });
  });
});
