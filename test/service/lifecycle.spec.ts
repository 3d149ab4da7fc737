import { once } from "node:events";
import { createServer } from "node:net";
import { connect } from "node:tls";
import { describe, expect, it } from "vitest";
import type { Clock } from "../../src/core/clock.ts";
import { minutes } from "../../src/core/duration.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { connectDtls } from "../../src/dtls/connect-dtls.ts";
import type { ServerIdentity } from "../../src/service/authority.ts";
import { CoapsSide } from "../../src/service/coaps-side.ts";
import type { DeviceApi } from "../../src/service/device-api.ts";
import { FakeDevice } from "./support/fake-device.ts";
import { Harness } from "./support/harness.ts";

const days = (count: number) => minutes(count * 24 * 60);

/** The fingerprint of the certificate that is presented over DTLS, as {@link presentedBy} writes it. */
async function overDtls({ ca }: Harness, port: number, clock: Clock): Promise<string | undefined> {
  const connection = await connectDtls({ host: "127.0.0.1", port, ca, clock });
  const { peerFingerprint } = connection.facts;
  await connection.close();
  return peerFingerprint?.toUpperCase().replaceAll(/(..)(?!$)/g, "$1:");
}

function sideWith(identity: ServerIdentity): CoapsSide {
  const api: unknown = undefined;
  const [onRequest, onError] = [() => undefined, () => undefined];
  return new CoapsSide({
    api: api as DeviceApi,
    identity,
    host: "127.0.0.1",
    clock: new VirtualClock(),
    onRequest,
    onError,
  });
}

async function presentedBy(harness: Harness): Promise<string> {
  // The clock of the test runs ahead: what is presented counts here, not whether it is valid today.
  const options = { host: "127.0.0.1", port: harness.service.ownerPort, ca: harness.ca, rejectUnauthorized: false };
  const socket = connect(options);
  await once(socket, "secureConnect");
  const { fingerprint256 } = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

describe("stopping", () => {
  it("does not wait for connections without a request", async () => {
    const harness = await Harness.start({ clock: new VirtualClock(Date.now()) });
    const idle = connect({ host: "127.0.0.1", port: harness.service.httpsPort, ca: harness.ca });
    await once(idle, "secureConnect");
    const closed = once(idle, "close");
    await harness.stop();
    await closed;
    expect(idle.destroyed).toBe(true);
  });

  it("lets a running request end", async () => {
    const harness = await Harness.start();
    const device = new FakeDevice();
    await harness.claim(device);
    const rows = Array.from({ length: 20 }, () => `"${new FakeDevice().attestation()}"`).join("\n");
    const socket = connect({ host: "127.0.0.1", port: harness.service.ownerPort, ca: harness.ca });
    const answered = new Promise<string>((resolve) => {
      const chunks: Buffer[] = [];
      socket.on("data", (chunk: Buffer) => chunks.push(chunk));
      socket.on("close", () => resolve(Buffer.concat(chunks).toString()));
    });
    await once(socket, "secureConnect");
    const head = `POST /v1/claimed-devices HTTP/1.1\r\nHost: x\r\nAuthorization: ${harness.bearer}\r\ncontentType: text/csv`;
    socket.write(`${head}\r\nContent-Length: ${rows.length}\r\n\r\n${rows}`);
    // The claim is under way as soon as another request, sent later, has been answered.
    await harness.get(device);
    await harness.stop();
    expect(await answered).toContain("201 Created");
  });

  it("is done once, however often it is asked for", async () => {
    const harness = await Harness.start();
    await Promise.all([harness.service.stop(), harness.service.stop()]);
    await harness.stop();
    await expect(harness.get(new FakeDevice())).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  it("frees both ports and the folder when the second port is taken", async () => {
    const blocker = createServer().listen(0, "127.0.0.1");
    await once(blocker, "listening");
    const address = blocker.address();
    const taken = typeof address === "object" && address !== null ? address.port : 0;
    const first = await Harness.start();
    await first.service.stop();
    const refused = Harness.start({ dir: first.dir, httpsPort: first.service.httpsPort, ownerPort: taken });
    await expect(refused).rejects.toMatchObject({ code: "service.port-refused" });
    const again = await Harness.start({ dir: first.dir, httpsPort: first.service.httpsPort });
    await again.stop();
    blocker.close();
  });
});

describe("the device side over CoAP", () => {
  it("is opened when it is asked for, once", async () => {
    const harness = await Harness.start();
    expect(harness.service.coapsPort).toBeUndefined();
    const ports = await Promise.all([1, 2, 3].map(() => harness.service.offerCoaps()));
    expect(new Set(ports).size).toBe(1);
    expect(await harness.service.offerCoaps()).toBe(ports[0]);
    const { host, port } = { host: "127.0.0.1", port: ports[0] ?? 0 };
    const connection = await connectDtls({ host, port, ca: harness.ca });
    await connection.close();
    await harness.stop();
  });

  it("stays at the port that it was started with", async () => {
    const harness = await Harness.start({ coapsPort: 0 });
    expect(harness.service.coapsPort).toBeGreaterThan(0);
    expect(await harness.service.offerCoaps()).toBe(harness.service.coapsPort);
    await harness.stop();
  });

  it("shows the certificate of the day when it is asked for late, and after that", async () => {
    const clock = new VirtualClock(Date.now());
    const harness = await Harness.start({ clock });
    await clock.advance(days(340));
    const port = await harness.service.offerCoaps();
    expect(await overDtls(harness, port, clock)).toBe(await presentedBy(harness));
    await clock.advance(days(340));
    expect(await overDtls(harness, port, clock)).toBe(await presentedBy(harness));
    await harness.stop();
  });

  it("is tried again after a failure, and does not hold up the stop", async () => {
    const identity = { certificate: "no certificate", key: "no key", caFile: "" } as ServerIdentity;
    const side = sideWith(identity);
    await expect(side.offer(0)).rejects.toMatchObject({ code: "dtls.bad-identity" });
    await expect(side.offer(0)).rejects.toMatchObject({ code: "dtls.bad-identity" });
    await side.stop();
  });

  it("is refused after the stop, and when that comes while it is opened", async () => {
    const harness = await Harness.start();
    const [asked] = await Promise.allSettled([harness.service.offerCoaps(), harness.stop()]);
    expect(asked).toMatchObject({ status: "rejected", reason: { code: "station.closing" } });
    await expect(harness.service.offerCoaps()).rejects.toMatchObject({ code: "station.closing" });
  });
});

describe("the running service", () => {
  it("presents a new certificate when the old one nears its end", async () => {
    const clock = new VirtualClock(Date.now());
    const harness = await Harness.start({ clock });
    const first = await presentedBy(harness);
    await clock.advance(days(100));
    expect(await presentedBy(harness)).toBe(first);
    await clock.advance(days(240));
    expect(await presentedBy(harness)).not.toBe(first);
    await harness.stop();
  });

  it("listens on loopback unless told otherwise, and names its origins", async () => {
    const harness = await Harness.start();
    expect(harness.service.https).toBe(`https://127.0.0.1:${harness.service.httpsPort}`);
    expect(harness.service.owner).toBe(`https://127.0.0.1:${harness.service.ownerPort}`);
    await harness.stop();
    const open = await Harness.start({ host: "0.0.0.0" });
    expect(open.service.https).toBe(`https://localhost:${open.service.httpsPort}`);
    expect((await open.owner("GET", "/v1/claimed-devices")).status).toBe(200);
    await open.stop();
  });
});
