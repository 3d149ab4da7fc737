import { readFileSync, rmSync } from "node:fs";
import { X509Certificate } from "node:crypto";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { minutes } from "../../src/core/duration.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { ensureServerIdentity } from "../../src/service/authority.ts";
import { temporaryFolder } from "./support/harness.ts";

const folders = new Set<string>();
const HOSTS = ["localhost", "127.0.0.1", "::1", "fe80::12:3", "station-7.example"];
const days = (count: number) => minutes(count * 24 * 60);

afterEach(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  folders.clear();
});

function folder(): string {
  const made = temporaryFolder();
  folders.add(made);
  return made;
}

describe("the server's identity", () => {
  it("is made once and kept", () => {
    const [dir, clock] = [folder(), new VirtualClock()];
    const first = ensureServerIdentity(dir, HOSTS, clock);
    expect(ensureServerIdentity(dir, HOSTS, clock)).toEqual(first);
    expect(ensureServerIdentity(dir, HOSTS.slice(0, 2), clock)).toEqual(first);
    expect(readFileSync(join(dir, "ca.pem"), "utf8")).toBe(first.ca);
  });

  it("names every host and address and nothing else", () => {
    const identity = ensureServerIdentity(folder(), HOSTS, new VirtualClock());
    const certificate = new X509Certificate(identity.certificate);
    for (const name of ["localhost", "station-7.example"])
      expect(certificate.checkHost(name, { subject: "never" })).toBe(name);
    for (const address of ["127.0.0.1", "::1", "fe80::12:3"]) expect(certificate.checkIP(address)).toBe(address);
    expect(certificate.checkHost("example", { subject: "never" })).toBeUndefined();
    expect(certificate.ca).toBe(false);
  });

  it("comes from a CA of ten years that may sign servers only", () => {
    const clock = new VirtualClock();
    const identity = ensureServerIdentity(folder(), HOSTS, clock);
    const [ca, server] = [new X509Certificate(identity.ca), new X509Certificate(identity.certificate)];
    expect(ca.ca).toBe(true);
    expect(server.checkIssued(ca)).toBe(true);
    expect(server.verify(ca.publicKey)).toBe(true);
    expect(Date.parse(ca.validTo) - clock.now()).toBe(days(3652));
    expect(Date.parse(server.validTo) - clock.now()).toBe(days(365));
    expect(Date.parse(server.validFrom)).toBeLessThan(clock.now());
  });

  it("is renewed when 30 days are left, with the same CA", async () => {
    const [dir, clock] = [folder(), new VirtualClock()];
    const first = ensureServerIdentity(dir, HOSTS, clock);
    await clock.advance(days(334));
    expect(ensureServerIdentity(dir, HOSTS, clock).certificate).toBe(first.certificate);
    await clock.advance(days(1));
    const renewed = ensureServerIdentity(dir, HOSTS, clock);
    expect(renewed.certificate).not.toBe(first.certificate);
    expect(renewed.ca).toBe(first.ca);
    expect(new X509Certificate(renewed.certificate).verify(new X509Certificate(first.ca).publicKey)).toBe(true);
  });

  it("never outlives its CA", async () => {
    const [dir, clock] = [folder(), new VirtualClock()];
    ensureServerIdentity(dir, HOSTS, clock);
    await clock.advance(days(3600));
    const { ca, certificate } = ensureServerIdentity(dir, HOSTS, clock);
    expect(Date.parse(new X509Certificate(certificate).validTo)).toBe(Date.parse(new X509Certificate(ca).validTo));
  });

  it("is made anew for a new host and when its key is lost", () => {
    const [dir, clock] = [folder(), new VirtualClock()];
    const first = ensureServerIdentity(dir, HOSTS, clock);
    const more = ensureServerIdentity(dir, [...HOSTS, "10.0.0.7"], clock);
    expect(new X509Certificate(more.certificate).checkIP("10.0.0.7")).toBe("10.0.0.7");
    rmSync(join(dir, "server-key.pem"));
    const again = ensureServerIdentity(dir, HOSTS, clock);
    expect(new Set([first.certificate, more.certificate, again.certificate]).size).toBe(3);
  });
});
