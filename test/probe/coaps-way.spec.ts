import { createSocket, type Socket } from "node:dgram";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { milliseconds } from "../../src/core/duration.ts";
import { realClock } from "../../src/core/real-clock.ts";
import { ensureServerIdentity } from "../../src/service/authority.ts";
import { startService, type RunningService } from "../../src/service/start-service.ts";
import { profileAt, tested, walk } from "./probe-rig.ts";

const folder = mkdtempSync(join(tmpdir(), "coaps-way-"));
const GOOD = "connect passed, tls passed, answer passed";
let service: RunningService;
let ca: string;

beforeAll(async () => {
  service = await startService({ dir: join(folder, "service"), httpsPort: 0, ownerPort: 0, coapsPort: 0 });
  ca = readFileSync(service.caFile, "utf8");
});

afterAll(async () => {
  await service.stop();
  rmSync(folder, { recursive: true, force: true });
});

function coapsProfile(place: { readonly host?: string; readonly port?: number; readonly ca?: string } = {}) {
  const coaps = { host: "127.0.0.1", port: service.coapsPort ?? 0, ca, ...place };
  return profileAt({ https: service.httpsPort }, ca, { transport: "coaps", coaps });
}

describe("the connection test of a CoAP profile", () => {
  it("passes every step against the embedded service, by address and by name", async () => {
    const { test } = await tested({ profile: coapsProfile() });
    expect(walk(test)).toBe(GOOD);
    expect(test.sides[0]?.steps.at(-2)?.facts).toMatchObject({ protocol: "DTLS 1.2" });
    expect(test.sides[0]?.steps.at(-1)?.facts).toEqual({ status: "4.01" });
    const named = await tested({ profile: coapsProfile({ host: "localhost" }) });
    expect(walk(named.test)).toBe(`name passed, ${GOOD}`);
  });

  it("fails at the name when there is none", async () => {
    const { test } = await tested({ profile: coapsProfile({ host: "no-such-host.invalid" }) });
    const rest = "connect not-reached, tls not-reached, answer not-reached";
    expect(walk(test)).toBe(`name failed transport.name-lookup, ${rest}`);
  });

  it("fails at the certificate when the profile trusts another CA", async () => {
    const other = ensureServerIdentity(mkdtempSync(join(folder, "other-")), ["127.0.0.1"], realClock);
    const { test } = await tested({ profile: coapsProfile({ ca: other.ca }) });
    expect(walk(test)).toMatch(/^connect passed, tls failed dtls\.certificate-[a-z-]+, answer not-reached$/);
  });

  it("fails at the connection when nothing listens, and by its limit when the port is silent", async () => {
    const silent = await silentPort();
    const port = silent.address().port;
    const limit = { stepLimit: milliseconds(400) };
    const late = await tested({ profile: coapsProfile({ port }) }, limit);
    expect(walk(late.test)).toMatch(/^connect failed (dtls\.no-answer|transport\.timeout), tls not-reached/);
    await new Promise<void>((resolve) => silent.close(resolve));
    const refused = await tested({ profile: coapsProfile({ port }) });
    expect(walk(refused.test)).toMatch(/^connect failed (transport\.refused|dtls\.no-answer), tls not-reached/);
  });
});

/** A UDP port that takes datagrams and says nothing. */
async function silentPort(): Promise<Socket> {
  const socket = createSocket("udp4");
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  return socket;
}
