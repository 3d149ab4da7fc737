import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import type { Fixture } from "../../src/contract/fixture.ts";
import type { Profile, Transport } from "../../src/contract/profile.ts";
import type { Clock } from "../../src/core/clock.ts";
import { Secret } from "../../src/core/secret.ts";
import type { TrainingNumbers } from "../../src/contract/desktop-configuration.ts";
import { startHelper } from "./helper.ts";
import { trainingFixture } from "./training-fixture.ts";

/** The embedded service as a process of its own, with what reaches it. */
export type TrainingService = {
  /**
   * What reaches it over a transport. CoAP is opened when it is asked for first, and stays open.
   * @throws StationError desktop.helper, dtls.listen
   */
  readonly profileOver: (transport: Transport) => Promise<Profile>;
  readonly ownerKey: Secret;
  /** Whether its process has ended. */
  readonly over: () => boolean;
  stop(): Promise<void>;
};

/** Simulated modems as a process of their own, with the fixture that finds them. */
export type TrainingTray = {
  readonly fixture: Fixture;
  /** Whether its process has ended. */
  readonly over: () => boolean;
  /** Lays new boards into the places of the old ones. */
  renew(): Promise<void>;
  stop(): Promise<void>;
};

const ServiceReadySchema = z.object({
  owner: z.string(),
  httpsPort: z.int(),
  ownerPort: z.int(),
  ca: z.string(),
  ownerKey: z.string(),
});
type ServiceReady = z.output<typeof ServiceReadySchema>;

/** Starts the embedded service, its state in `dir`. @throws StationError desktop.helper, service.* */
export async function startTrainingService(entry: string, dir: string, clock: Clock): Promise<TrainingService> {
  const helper = startHelper(entry, "embedded service", clock);
  try {
    const ready = ServiceReadySchema.parse(await helper.ask({ dir }));
    const offered: { port?: number } = {};
    const profileOver = async (transport: Transport): Promise<Profile> => {
      if (transport === "coaps") offered.port ??= z.int().parse(await helper.ask("coaps"));
      return profileOf(ready, join(dir, "ca.pem"), transport, offered.port);
    };
    return { profileOver, ownerKey: new Secret(ready.ownerKey), over: helper.over, stop: () => helper.stop() };
  } catch (error) {
    await helper.stop();
    throw error;
  }
}

function profileOf(ready: ServiceReady, ca: string, transport: Transport, coapsPort: number | undefined): Profile {
  const host = "127.0.0.1";
  return {
    ...({ profile: 1, name: "Embedded service", service: "embedded", transport } as const),
    https: { host, port: ready.httpsPort, ca },
    ...(coapsPort === undefined ? {} : { coaps: { host, port: coapsPort, ca } }),
    owner: { base: `${ready.owner}/v1`, ca },
    ...({ compatibility: "default", clientVersion: "3.2.0" } as const),
    limits: { rxBytes: 2304, txBytes: 2304, atBytes: 2304, records: 10 },
  };
}

const UnitsSchema = z.array(z.object({ slot: z.string(), link: z.string() })).min(1);

/** Starts simulated modems; every start gives boards of its own, as a line does. @throws StationError desktop.helper, simulator.* */
export async function startTrainingTray(
  entry: string,
  { modems: units, latency }: TrainingNumbers,
  faults: readonly string[],
  clock: Clock,
): Promise<TrainingTray> {
  const helper = startHelper(entry, "simulated modems", clock);
  try {
    const places = UnitsSchema.parse(await helper.ask({ units, latency, faults, seed: randomUUID() }));
    return {
      fixture: trainingFixture(places),
      over: helper.over,
      renew: async () => {
        await helper.ask({ renew: randomUUID() });
      },
      stop: () => helper.stop(),
    };
  } catch (error) {
    await helper.stop();
    throw error;
  }
}
