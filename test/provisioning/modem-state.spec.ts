import { describe, expect, it } from "vitest";
import { milliseconds, seconds } from "../../src/core/duration.ts";
import { sleep } from "../../src/core/clock.ts";
import { StationError } from "../../src/core/error.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { replyOf } from "../../src/cli/conformance/scripted-modem.ts";
import type { EventCallback } from "../../src/provisioning/events.ts";
import { waitForModem, type ModemWatch } from "../../src/provisioning/modem-state.ts";
import { provisioningOptions, type OptionChanges } from "../../src/provisioning/options.ts";
import { elapse } from "../fakes/session-rig.ts";

function rig(mode: () => string, changes: OptionChanges = {}, raise?: EventCallback) {
  const clock = new VirtualClock();
  const looks: number[] = [];
  const events: string[] = [];
  const state = { up: false };
  const watch: ModemWatch = {
    clock,
    options: provisioningOptions({ http: true, ...changes }),
    modem: {
      send: () => {
        looks.push(clock.monotonic() / 1000);
        return Promise.resolve(replyOf(mode()));
      },
    },
    raise: (event) => {
      events.push(event.type);
      return raise?.(event);
    },
    networkUp: () => state.up,
  };
  return { clock, looks, events, state, watch };
}

describe("waiting for the modem", () => {
  it("to go offline looks at once and then every second until CFUN is 4", async () => {
    const { clock, looks, events, watch } = rig(() =>
      clock.monotonic() >= 3000 ? "+CFUN: 4\r\nOK\r\n" : "+CFUN: 1\r\nOK\r\n",
    );
    expect(await elapse(clock, waitForModem("offline", watch))).toBeUndefined();
    expect({ events, looks }).toEqual({ events: ["NEED_LTE_DEACTIVATED"], looks: [0, 1, 2, 3] });
  });

  it("gives up after MODEM_STATE_WAIT_TIMEOUT_SECONDS looks with ETIMEDOUT", async () => {
    const { clock, looks, watch } = rig(() => "+CFUN: 1\r\nOK\r\n");
    expect(await elapse(clock, waitForModem("offline", watch))).toMatchObject({
      errno: "ETIMEDOUT",
      error: { code: "provisioning.mode-not-reached", facts: { state: "offline" } },
    });
    expect([looks.length, clock.monotonic()]).toEqual([120, 120_000]);
  });

  it("to come online follows the network flag and pauses 2 s for the IPv6 address", async () => {
    const { clock, state, events, watch } = rig(() => "+CFUN: 1\r\nOK\r\n");
    clock.after(seconds(5), () => {
      state.up = true;
    });
    expect(await elapse(clock, waitForModem("online", watch))).toBeUndefined();
    expect({ events, at: clock.monotonic() }).toEqual({ events: ["NEED_LTE_ACTIVATED"], at: 7000 });
  });

  it("takes no pause when onlineSettle is 0", async () => {
    const { clock, state, watch } = rig(() => "+CFUN: 4\r\nOK\r\n", { onlineSettle: seconds(0) });
    state.up = true;
    await elapse(clock, waitForModem("online", watch));
    expect(clock.monotonic()).toBe(0);
  });

  it("notices a modem that does not tell its mode", async () => {
    const { clock, watch } = rig(() => "ERROR\r\n");
    for (const state of ["offline", "online"] as const)
      expect(await elapse(clock, waitForModem(state, watch))).toMatchObject({ errno: "EFAULT" });
  });

  it("waits for the promise of a host that switches the modem itself, so that no second is lost", async () => {
    const mode = { cfun: 1 };
    const { clock, looks, watch } = rig(
      () => `+CFUN: ${mode.cfun}\r\nOK\r\n`,
      {},
      async () => {
        await sleep(clock, milliseconds(300));
        mode.cfun = 4;
      },
    );
    expect(await elapse(clock, waitForModem("offline", watch))).toBeUndefined();
    expect(looks).toEqual([0.3]);
  });

  it("ends with the host's own error when its promise fails or lasts too long", async () => {
    const refused = new StationError("at.timeout", "no final result");
    const failing = rig(
      () => "+CFUN: 1\r\nOK\r\n",
      {},
      () => Promise.reject(refused),
    );
    expect(await elapse(failing.clock, waitForModem("offline", failing.watch))).toMatchObject({ error: refused });
    const hanging = rig(
      () => "+CFUN: 1\r\nOK\r\n",
      {},
      () => new Promise(() => undefined),
    );
    expect(await elapse(hanging.clock, waitForModem("offline", hanging.watch))).toMatchObject({
      errno: "ETIMEDOUT",
      error: { code: "provisioning.mode-not-reached" },
    });
    expect(hanging.clock.monotonic()).toBe(120_000);
  });

  it("stops at once when the signal aborts", async () => {
    const controller = new AbortController();
    const { clock, watch } = rig(() => "+CFUN: 1\r\nOK\r\n");
    clock.after(milliseconds(1500), () => controller.abort(new StationError("station.aborted", "stopped")));
    await expect(elapse(clock, waitForModem("offline", watch, controller.signal))).rejects.toMatchObject({
      code: "station.aborted",
    });
    expect(clock.monotonic()).toBe(1500);
  });
});
