import { join } from "node:path";
import { z } from "zod";
import type { Profile } from "../contract/profile.ts";
import { Secret } from "../core/secret.ts";
import { startChild, type StationChild } from "./child.ts";
import type { CommandContext } from "./command.ts";

/** The embedded service as a process of its own, with what a profile needs to reach it. */
export type EmbeddedService = {
  readonly profile: Profile;
  /** Origin of the device side. */
  readonly https: string;
  readonly ca: string;
  readonly ownerKey: Secret;
  stop(): Promise<void>;
};

const ReadySchema = z.object({
  ready: z.literal(true),
  https: z.string(),
  owner: z.string(),
  ca: z.string(),
  ownerKey: z.string(),
  httpsPort: z.int(),
  ownerPort: z.int(),
  coapsPort: z.int().optional(),
});

/**
 * Starts the embedded service on free ports of the loopback, its state in `dir`.
 * @param transport how units reach it by the profile
 * @param notes what becomes of what it says about requests that it refuses
 * @throws StationError cli.child-failed
 */
export async function startEmbeddedService(
  dir: string,
  context: CommandContext,
  transport: Profile["transport"] = "https",
  notes: "inherit" | "ignore" = "inherit",
): Promise<EmbeddedService> {
  const udp = transport === "coaps" ? ["--coaps", "0"] : [];
  const args = ["service", "--dir", dir, "--https", "0", "--owner", "0", ...udp, "--json"];
  const child = await startChild(args, context.clock, context.signal, notes);
  const ready = ReadySchema.parse(child.ready);
  return {
    profile: profileOf(ready, dir, transport),
    https: ready.https,
    ca: ready.ca,
    ownerKey: new Secret(ready.ownerKey),
    stop: () => child.stop(),
  };
}

/** Simulated modems as a process of their own. */
export type SimulatedTray = {
  readonly units: readonly { readonly slot: string; readonly link: string }[];
} & Pick<StationChild, "stop">;

const UnitsSchema = z.object({ units: z.array(z.object({ slot: z.string(), link: z.string() })) });

/**
 * Starts simulated modems on free ports of the loopback.
 * @throws StationError cli.child-failed
 */
export async function startSimulatedTray(args: readonly string[], context: CommandContext): Promise<SimulatedTray> {
  const child = await startChild(["simulate", "--json", ...args], context.clock, context.signal);
  return { units: UnitsSchema.parse(child.ready).units, stop: () => child.stop() };
}

function profileOf(ready: z.output<typeof ReadySchema>, dir: string, transport: Profile["transport"]): Profile {
  const ca = join(dir, "ca.pem");
  const host = "127.0.0.1";
  return {
    profile: 1,
    name: "Embedded service",
    service: "embedded",
    transport,
    https: { host, port: ready.httpsPort, ca },
    ...(ready.coapsPort === undefined ? {} : { coaps: { host, port: ready.coapsPort, ca } }),
    owner: { base: `${ready.owner}/v1`, ca },
    compatibility: "default",
    clientVersion: "3.2.0",
    limits: { rxBytes: 2304, txBytes: 2304, atBytes: 2304, records: 10 },
  };
}
