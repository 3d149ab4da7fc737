import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { milliseconds, minutes, seconds } from "../../src/core/duration.ts";
import { StationError } from "../../src/core/error.ts";
import { encodeRecord, recordsOf } from "../../src/dtls/record/record.ts";
import { listenDtls } from "../../src/dtls/listen-dtls.ts";
import { SessionStore } from "../../src/dtls/session-store.ts";
import { smallPki, type TestPki } from "../fakes/dtls-pki.ts";
import { dtlsRig, echo, failureOf, identity, SERVER_ADDRESS, SERVER_PORT } from "../fakes/dtls-rig.ts";

let pki: TestPki;

beforeAll(() => {
  pki = smallPki();
  pki.make("other", { issuer: "int" });
});

afterAll(() => pki.remove());

const NO_ID = new Uint8Array(0);

describe("a handshake", () => {
  it("settles suite, certificate and connection id", async () => {
    const rig = await dtlsRig(pki);
    const connection = await rig.connect();
    expect(connection.facts).toMatchObject({
      suite: "ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
      resumed: false,
      connectionId: true,
    });
    expect(connection.facts.peerFingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(rig.accepted[0]?.facts).toEqual({ ...connection.facts, peerFingerprint: undefined });
    expect(rig.server.connections).toBe(1);
    await rig.server.close();
  });

  it("asks for the name that the certificate must have", async () => {
    const rig = await dtlsRig(pki);
    expect(await failureOf(rig.connect({ serverName: "prov.example" }))).toMatchObject({
      code: "dtls.certificate-host",
      facts: { host: "prov.example", service: "127.0.0.1:5684" },
    });
    const hello = Buffer.from(rig.network.sent[0]!.datagram).toString("latin1");
    expect(hello).toContain("prov.example");
    await (await rig.connect({ serverName: "localhost" })).close();
    await rig.server.close();
  });

  it("stops at once with the signal's reason", async () => {
    const rig = await dtlsRig(pki, { weather: { loss: 1 } });
    const controller = new AbortController();
    rig.clock.after(seconds(2), () => controller.abort(new StationError("station.aborted", "stopped by the operator")));
    const before = rig.clock.monotonic();
    expect(await failureOf(rig.connect({ signal: controller.signal }))).toMatchObject({
      code: "station.aborted",
      message: "stopped by the operator",
    });
    expect(rig.clock.monotonic() - before).toBeLessThanOrEqual(2100);
    expect(await failureOf(rig.connect({ signal: controller.signal }))).toMatchObject({ code: "station.aborted" });
    await rig.server.close();
    expect(rig.clock.untilNext()).toBeUndefined();
  });

  it("is short when a session is taken up again, and full when the server has forgotten it", async () => {
    const rig = await dtlsRig(pki);
    const sessions = new SessionStore(rig.clock);
    const first = await rig.connect({ sessions });
    await first.close();
    const second = await rig.connect({ sessions });
    expect(second.facts).toEqual({ ...first.facts, resumed: true });
    expect(rig.accepted.at(-1)?.facts.resumed).toBe(true);
    expect(await echo(rig, second, "resumed")).toBe("resumed");
    await rig.clock.advance(minutes(61));
    expect(sessions.size).toBe(1);
    const third = await rig.connect({ sessions });
    expect(third.facts.resumed).toBe(false);
    await rig.server.close();
  });

  it("is full with a server that was started anew, and old connections stay silent", async () => {
    const rig = await dtlsRig(pki);
    const sessions = new SessionStore(rig.clock);
    const old = await rig.connect({ sessions });
    rig.network.weather = { loss: 1 };
    await rig.server.close();
    rig.network.weather = {};
    const { clock, network } = rig;
    const shown = { ...identity(pki, "leaf", "int"), port: SERVER_PORT, clock };
    const accepted: unknown[] = [];
    const onConnection = (connection: unknown): unknown => accepted.push(connection);
    const server = await listenDtls({ ...shown, openPort: async (at) => network.open(at.port), onConnection });
    old.send(Buffer.from("anybody?"));
    await clock.advance(seconds(1));
    expect(accepted).toEqual([]);
    const anew = await rig.connect({ sessions });
    expect(anew.facts.resumed).toBe(false);
    expect((await rig.connect({ sessions })).facts.resumed).toBe(true);
    await server.close();
  });

  it("never takes up a session that was made for another name or under another CA", async () => {
    const rig = await dtlsRig(pki);
    const sessions = new SessionStore(rig.clock);
    await (await rig.connect({ sessions })).close();
    const named = await rig.connect({ sessions, serverName: "localhost" });
    expect(named.facts.resumed).toBe(false);
    const twice = await rig.connect({ sessions, ca: pki.chain("root", "int") });
    expect(twice.facts.resumed).toBe(false);
    await rig.server.close();
  });

  it("shows the new certificate once it was renewed", async () => {
    const rig = await dtlsRig(pki);
    const before = await rig.connect();
    const { certificate, key } = identity(pki, "other", "int");
    rig.server.renew(certificate, key);
    const after = await rig.connect();
    expect(after.facts.peerFingerprint).not.toBe(before.facts.peerFingerprint);
    expect(await echo(rig, before, "still valid")).toBe("still valid");
    await rig.server.close();
  });
});

describe("the cookie", () => {
  it("is asked for before anything is kept, and is good for one address and a short time only", async () => {
    const rig = await dtlsRig(pki);
    const hellos: Uint8Array[] = [];
    rig.network.weather = {
      change: (datagram, from) => {
        if (from.port !== SERVER_PORT && datagram[13] === 1) hellos.push(datagram);
        return datagram;
      },
    };
    const connection = await rig.connect();
    await connection.close();
    rig.network.weather = {};
    const [plain, withCookie] = hellos;
    const answersTo = async (hello: Uint8Array, port: number): Promise<number[]> => {
      const before = rig.network.sent.length;
      rig.network.deliver(hello, { host: "127.0.0.1", port }, SERVER_ADDRESS);
      await rig.clock.advance(milliseconds(1));
      return rig.network.sent
        .slice(before)
        .flatMap(({ datagram }) => recordsOf(datagram, NO_ID).map(({ body }) => body[0] ?? 0));
    };
    expect(await answersTo(plain!, 7001)).toEqual([3]);
    expect(await answersTo(withCookie!, 7001)).toEqual([3]);
    await rig.clock.advance(minutes(3));
    const client = rig.network.sent[0]!.from.port;
    expect(await answersTo(withCookie!, client)).toEqual([3]);
    for (const { datagram, to } of rig.network.sent.filter(({ to: { port } }) => port === 7001)) {
      expect(to.port).toBe(7001);
      expect(datagram.length).toBeLessThanOrEqual(plain!.length);
    }
    await rig.server.close();
  });

  it("keeps the record number of the hello that it answers", async () => {
    const rig = await dtlsRig(pki);
    await rig.connect();
    const [hello, verify, again, flight] = rig.network.sent.map(({ datagram }) => recordsOf(datagram, NO_ID)[0]!);
    expect(verify!.sequence).toBe(hello!.sequence);
    expect(flight!.sequence).toBe(again!.sequence);
    await rig.server.close();
  });
});

describe("an address", () => {
  it("may change under an established connection that has a connection id", async () => {
    const rig = await dtlsRig(pki);
    const connection = await rig.connect();
    const client = rig.network.sent[0]!.from;
    expect(await echo(rig, connection, "before")).toBe("before");
    const moved = { host: "127.0.0.1", port: 61_000 };
    rig.network.rebind(client, moved);
    expect(await echo(rig, connection, "after")).toBe("after");
    expect(rig.accepted[0]?.peer).toEqual(moved);
    expect(rig.server.connections).toBe(1);
    await rig.server.close();
  });

  it("does not follow replayed, old or forged records", async () => {
    const rig = await dtlsRig(pki);
    const connection = await rig.connect();
    const client = rig.network.sent[0]!.from;
    const held: Uint8Array[] = [];
    rig.network.weather = {
      change: (datagram, from) => (from.port === SERVER_PORT ? datagram : void held.push(datagram)),
    };
    connection.send(Buffer.from("old"));
    rig.network.weather = {};
    await echo(rig, connection, "newer");
    const thief = { host: "127.0.0.1", port: 62_000 };
    const genuine = rig.network.sent.filter(({ datagram }) => datagram[0] === 25 && !held.includes(datagram));
    for (const { datagram } of genuine) rig.network.deliver(datagram, thief, SERVER_ADDRESS);
    expect(rig.atServer).toEqual(["newer"]);
    rig.network.deliver(held[0]!, thief, SERVER_ADDRESS);
    // genuine, but older than what came: read, not followed
    expect(rig.atServer).toEqual(["newer", "old"]);
    expect(rig.accepted[0]?.peer).toEqual(client);
    const [record] = recordsOf(genuine[0]!.datagram, genuine[0]!.datagram.subarray(11, 19));
    rig.network.deliver(encodeRecord({ ...record!, sequence: 2 ** 30 }), thief, SERVER_ADDRESS);
    expect(rig.accepted[0]?.peer).toEqual(client);
    await rig.server.close();
  });

  it("that a client begins anew from keeps the old connection until the new one stands", async () => {
    const rig = await dtlsRig(pki);
    const ports = [() => rig.network.open(40_000), () => rig.network.open(40_000)];
    const first = await rig.connect({ openPort: async () => ports[0]!() });
    expect(await echo(rig, first, "first")).toBe("first");
    const second = await rig.connect({ openPort: async () => ports[1]!() });
    expect(await echo(rig, second, "second")).toBe("second");
    await rig.server.close();
  });
});

describe("the end", () => {
  it("reaches the other side, either way, without an error", async () => {
    const rig = await dtlsRig(pki);
    const ends: unknown[] = [];
    const one = await rig.connect();
    rig.accepted[0]?.onEnd((error) => ends.push(error));
    await one.close();
    await rig.clock.advance(seconds(1));
    expect(ends).toEqual([undefined]);
    expect(rig.server.connections).toBe(0);
    const two = await rig.connect();
    two.onEnd((error) => ends.push(error));
    await rig.accepted[1]?.close();
    await rig.clock.advance(seconds(1));
    expect(ends).toEqual([undefined, undefined]);
    expect(() => two.send(Buffer.from("x"))).toThrow(expect.objectContaining({ code: "dtls.closed" }));
    await rig.server.close();
  });

  it("comes after ten silent minutes at the server", async () => {
    const rig = await dtlsRig(pki);
    const connection = await rig.connect();
    const ends: (StationError | undefined)[] = [];
    rig.accepted[0]?.onEnd((error) => ends.push(error));
    await rig.clock.advance(minutes(9));
    await echo(rig, connection, "awake");
    await rig.clock.advance(minutes(9));
    expect(ends).toEqual([]);
    await rig.clock.advance(minutes(2));
    expect(ends).toMatchObject([{ code: "dtls.idle" }]);
    expect(rig.server.connections).toBe(0);
    await rig.server.close();
  });

  it("of the server leaves no timer behind", async () => {
    const rig = await dtlsRig(pki);
    await rig.connect();
    await rig.server.close();
    await rig.clock.advance(seconds(1));
    expect(rig.clock.untilNext()).toBeUndefined();
  });

  it("comes to a handshake that a client leaves alone", async () => {
    const rig = await dtlsRig(pki);
    rig.network.weather = {
      change: (datagram, from) => (from.port !== SERVER_PORT && datagram[13] !== 1 ? undefined : datagram),
    };
    await failureOf(rig.connect({ limit: seconds(5) }));
    await rig.clock.advance(minutes(2));
    expect(rig.refused).toMatchObject([{ code: "dtls.handshake-timeout" }]);
    expect(rig.clock.untilNext()).toBeUndefined();
    await rig.server.close();
  });

  it("comes to the connection alone whose listener fails", async () => {
    const rig = await dtlsRig(pki);
    const [one, other] = [await rig.connect(), await rig.connect()];
    rig.accepted[0]?.onMessage(() => {
      throw new StationError("station.internal", "a listener failed");
    });
    const ends: unknown[] = [];
    rig.accepted[0]?.onEnd((error) => ends.push(error));
    one.send(Buffer.from("trip"));
    expect(await echo(rig, other, "unharmed")).toBe("unharmed");
    expect(ends).toMatchObject([{ code: "station.internal" }]);
    expect(rig.server.connections).toBe(1);
    await rig.server.close();
  });

  it("refuses messages that no record holds", async () => {
    const rig = await dtlsRig(pki);
    const connection = await rig.connect();
    expect(await failureOf(Promise.resolve().then(() => connection.send(new Uint8Array(16_385))))).toMatchObject({
      code: "dtls.too-large",
      facts: { size: { value: 16_385, unit: "bytes" }, limit: { value: 16_384, unit: "bytes" } },
    });
    expect(await echo(rig, connection, "x".repeat(16_384))).toHaveLength(16_384);
    await rig.server.close();
  });
});
