import { readFileSync } from "node:fs";
import { ResolvedProfileSchema, type ResolvedProfile } from "../../src/contract/profile.ts";
import type { ServiceTest, TestStep } from "../../src/contract/service-test.ts";
import { realClock } from "../../src/core/real-clock.ts";
import { Secret } from "../../src/core/secret.ts";
import { testService, type ServiceTestOrder, type ServiceTestParts } from "../../src/probe/test-service.ts";
import { startService } from "../../src/service/start-service.ts";

export const KEY = new Secret("planted-owner-key-4711");

/** A profile for both sides on the loopback; the name resolves and its certificate is for `localhost`. */
export function profileAt(ports: { https: number; owner?: number }, ca: string, more: object = {}): ResolvedProfile {
  return ResolvedProfileSchema.parse({
    ...{ profile: 1, name: "Test service", service: "nrf-cloud" },
    https: { host: "localhost", port: ports.https, ca },
    ...(ports.owner === undefined ? {} : { owner: { base: `https://localhost:${ports.owner}/v1` } }),
    ...more,
  });
}

/** Tests a profile; answers the last state and all states before. */
export async function tested(
  order: ServiceTestOrder,
  parts: Partial<ServiceTestParts> = {},
): Promise<{ readonly test: ServiceTest; readonly changes: readonly ServiceTest[] }> {
  const changes: ServiceTest[] = [];
  const test = await testService(order, {
    ...{ clock: realClock, signal: new AbortController().signal, onChange: (change) => changes.push(change) },
    ...parts,
  });
  return { test, changes };
}

/** `name passed, connect failed transport.refused, tls not-reached` of one side. */
export function walk({ sides }: ServiceTest, side: "device" | "owner" = "device"): string {
  const words = ({ step, state, error }: TestStep): string =>
    [step, state, ...(error === undefined ? [] : [error.code])].join(" ");
  return sides
    .flatMap((tried) => (tried.side === side ? tried.steps : []))
    .map(words)
    .join(", ");
}

/** The embedded service, with its profile. */
export async function embedded(dir: string) {
  const service = await startService({ dir, httpsPort: 0, ownerPort: 0 });
  const ca = readFileSync(service.caFile, "utf8");
  const profile = profileAt({ https: service.httpsPort, owner: service.ownerPort }, ca);
  return { service, ca, profile };
}
