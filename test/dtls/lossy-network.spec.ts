import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seconds } from "../../src/core/duration.ts";
import { P256, smallPki, type TestPki } from "../fakes/dtls-pki.ts";
import { dtlsRig, echo, identity } from "../fakes/dtls-rig.ts";
import { LEAF, CA } from "../fakes/dtls-pki.ts";

let pki: TestPki;

beforeAll(() => {
  pki = smallPki();
  const names = Array.from({ length: 200 }, (_, index) => `DNS:host-${index}.a-very-long-name.example.test`);
  const many = [...LEAF.slice(0, 3), `subjectAltName=DNS:localhost,IP:127.0.0.1,${names.join(",")}`];
  pki.make("bigint", { issuer: "root", subject: "/CN=Big intermediate", key: ["-algorithm", "RSA"], extensions: CA });
  pki.make("big", { issuer: "bigint", key: P256, extensions: many });
});

afterAll(() => pki.remove());

const WEATHER = [
  { name: "no loss", loss: 0, duplicates: 0, reordered: 0 },
  { name: "10 % loss with duplicates and reordering", loss: 0.1, duplicates: 0.1, reordered: 0.2 },
  { name: "20 % loss with duplicates and reordering", loss: 0.2, duplicates: 0.2, reordered: 0.3 },
];

describe.each(WEATHER)("at $name", (weather) => {
  it.each(Array.from({ length: 20 }, (_, index) => index + 1))(
    "connects and exchanges messages, seed %i",
    async (seed) => {
      const rig = await dtlsRig(pki, { weather, seed });
      const connection = await rig.connect({ limit: seconds(60) });
      expect(await echo(rig, connection, "is anybody there?")).toBe("is anybody there?");
      await connection.close();
      await rig.server.close();
    },
  );

  it.each(Array.from({ length: 10 }, (_, index) => index + 1))(
    "connects with a chain of 10 KB, seed %i",
    async (seed) => {
      const rig = await dtlsRig(pki, { weather, seed, server: identity(pki, "big", "bigint", "root") });
      const connection = await rig.connect({ limit: seconds(60) });
      expect(await echo(rig, connection, "large")).toBe("large");
      const received = rig.network.sent.filter(({ from }) => from.port === rig.server.address.port);
      expect(received.reduce((sum, { datagram }) => sum + datagram.length, 0)).toBeGreaterThan(9000);
      await rig.server.close();
    },
  );
});

describe("retransmission", () => {
  it("doubles its pauses from 1 s on while nothing answers, then gives up in words", async () => {
    const rig = await dtlsRig(pki, { weather: { loss: 1 } });
    const times: number[] = [];
    rig.network.weather = { change: () => void times.push(rig.clock.monotonic()) };
    const failure = await rig.connect({ limit: seconds(40) }).catch((error: unknown) => error);
    expect(failure).toMatchObject({
      code: "dtls.no-answer",
      facts: { service: "127.0.0.1:5684", limit: { value: 40_000, unit: "ms" } },
    });
    expect(times).toEqual([0, 1000, 3000, 7000, 15_000, 31_000]);
    await rig.server.close();
  });

  it("says that answers came, but too few, when the handshake breaks off", async () => {
    const rig = await dtlsRig(pki);
    // The cookie comes through, the certificates never do.
    rig.network.weather = {
      change: (datagram, from) => (from.port === 5684 && datagram.length > 200 ? undefined : datagram),
    };
    const failure = await rig.connect({ limit: seconds(10) }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: "dtls.handshake-timeout" });
    await rig.server.close();
  });

  it("sends smaller datagrams after losses, for paths that carry less", async () => {
    const rig = await dtlsRig(pki);
    rig.network.weather = { change: (datagram) => (datagram.length > 600 ? undefined : datagram) };
    const connection = await rig.connect({ limit: seconds(60) });
    expect(await echo(rig, connection, "narrow")).toBe("narrow");
    await rig.server.close();
  });

  it("sends the last flight again when the client repeats its own", async () => {
    const rig = await dtlsRig(pki);
    const lost = { count: 0 };
    rig.network.weather = {
      // the server's CCS and Finished
      change: (datagram, from) => (from.port === 5684 && datagram[0] === 20 && lost.count++ < 2 ? undefined : datagram),
    };
    const connection = await rig.connect();
    expect(lost.count).toBeGreaterThanOrEqual(3);
    expect(rig.accepted).toHaveLength(1);
    expect(await echo(rig, connection, "late")).toBe("late");
    await rig.server.close();
  });

  it("sends the last flight of a resumed handshake again when the server repeats its own", async () => {
    const { SessionStore } = await import("../../src/dtls/session-store.ts");
    const rig = await dtlsRig(pki);
    const sessions = new SessionStore(rig.clock);
    await (await rig.connect({ sessions })).close();
    const lost = { count: 0 };
    rig.network.weather = {
      change: (datagram, from) => (from.port !== 5684 && datagram[0] === 20 && lost.count++ < 2 ? undefined : datagram),
    };
    const connection = await rig.connect({ sessions });
    expect(connection.facts.resumed).toBe(true);
    await rig.clock.advance(seconds(10));
    expect(lost.count).toBeGreaterThanOrEqual(3);
    expect(await echo(rig, connection, "again")).toBe("again");
    await rig.server.close();
  });
});
