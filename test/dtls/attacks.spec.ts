import { createPrivateKey, sign } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seconds } from "../../src/core/duration.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { Association, type Effect } from "../../src/dtls/association.ts";
import { joined, uint, vector } from "../../src/dtls/bytes.ts";
import { certificatesOfPem } from "../../src/dtls/certificate/pem.ts";
import type { PeerAddress } from "../../src/dtls/datagram-port.ts";
import { makeKeyShare, GROUPS } from "../../src/dtls/handshake/groups.ts";
import { encodeMessage, fragmentsOf, MESSAGE } from "../../src/dtls/handshake/message.ts";
import { Reassembly } from "../../src/dtls/handshake/reassembly.ts";
import { ServerHandshake } from "../../src/dtls/handshake/server-handshake.ts";
import { encodeRecord, recordsOf } from "../../src/dtls/record/record.ts";
import { RecordLayer } from "../../src/dtls/record/record-layer.ts";
import { ServerCookie } from "../../src/dtls/server-cookie.ts";
import { knock } from "../../src/dtls/server-door.ts";
import { SessionStore } from "../../src/dtls/session-store.ts";
import { DatagramNetwork } from "../fakes/datagram-network.ts";
import { smallPki, type TestPki } from "../fakes/dtls-pki.ts";
import { dtlsRig, echo, failureOf, SERVER_PORT, whileTimeRuns } from "../fakes/dtls-rig.ts";
import { connectDtls } from "../../src/dtls/connect-dtls.ts";

let pki: TestPki;

beforeAll(() => {
  pki = smallPki();
  pki.make("attacker", {});
});

afterAll(() => pki.remove());

const NO_ID = new Uint8Array(0);

/** The plain handshake messages in a datagram, changed where `change` answers something. */
function withMessages(
  datagram: Uint8Array,
  change: (type: number, body: Uint8Array) => Uint8Array | undefined,
): Uint8Array {
  const state = { changed: false };
  const records = recordsOf(datagram, NO_ID).map((record) => {
    if (record.type !== 22 || record.epoch !== 0) return encodeRecord(record);
    const parts = fragmentsOf(record.body).map(({ type, sequence, body }) => {
      const changed = change(type, body);
      state.changed ||= changed !== undefined;
      return encodeMessage({ type, sequence, body: changed ?? body });
    });
    return encodeRecord({ ...record, body: joined(...parts) });
  });
  return state.changed ? joined(...records) : datagram;
}

/** A server that shows one certificate and signs with another key. */
async function impostor(clock: VirtualClock, network: DatagramNetwork): Promise<Effect[]> {
  const port = network.open(SERVER_PORT);
  const cookies = new ServerCookie();
  const key = createPrivateKey(pki.text("attacker.key"));
  const identity = { chain: certificatesOfPem(pki.chain("leaf", "int")), key, curve: "prime256v1" } as const;
  const state: { association?: Association } = {};
  const seen: Effect[] = [];
  port.onDatagram((datagram, from) => {
    const asked = knock(datagram, from, cookies, clock.monotonic());
    if (asked.kind === "unverified") {
      port.send(asked.answer, from);
    } else if (asked.kind === "verified" && state.association === undefined) {
      const { hello, message, recordSequence } = asked;
      const sessions = new SessionStore(clock);
      const options = { identity, sessions, hello, helloMessage: message, connectionId: NO_ID };
      const reassembly = new Reassembly({ message: 4096, total: 16_384 }, message.sequence + 1);
      state.association = new Association(new ServerHandshake(options), new RecordLayer(recordSequence), reassembly);
      perform(state.association.start(clock.monotonic()), from);
    } else {
      perform(state.association?.receive(datagram, clock.monotonic()) ?? [], from);
    }
  });
  const perform = (effects: readonly Effect[], to: PeerAddress): void => {
    seen.push(...effects);
    for (const effect of effects) if (effect.kind === "transmit") port.send(effect.datagram, to);
  };
  return seen;
}

describe("somebody in between", () => {
  it("who signs the key exchange with a key of his own is found out", async () => {
    const rig = await dtlsRig(pki);
    const attacker = { key: createPrivateKey(pki.text("attacker.key")), share: makeKeyShare(GROUPS[0]!) };
    const randoms = { client: NO_ID, server: NO_ID };
    rig.network.weather = {
      change: (datagram) =>
        withMessages(datagram, (type, body) => {
          if (type === MESSAGE.clientHello) randoms.client = body.slice(2, 34);
          if (type === MESSAGE.serverHello) randoms.server = body.slice(2, 34);
          if (type !== MESSAGE.serverKeyExchange) return undefined;
          const parameters = joined(Uint8Array.of(3), uint(23, 2), vector(1, attacker.share.point));
          const signature = sign("sha256", joined(randoms.client, randoms.server, parameters), attacker.key);
          return joined(parameters, uint(0x0403, 2), vector(2, signature));
        }),
    };
    expect(await failureOf(rig.connect())).toMatchObject({ code: "dtls.key-proof" });
    expect(rig.accepted).toHaveLength(0);
    expect(rig.refused).toMatchObject([{ code: "dtls.peer-alert", facts: { alert: "decrypt_error" } }]);
    await rig.server.close();
  });

  it("who puts in a point of his own under the server's signature is found out", async () => {
    const rig = await dtlsRig(pki);
    const share = makeKeyShare(GROUPS[0]!);
    rig.network.weather = {
      change: (datagram) =>
        withMessages(datagram, (type, body) =>
          type === MESSAGE.serverKeyExchange ? joined(body.subarray(0, 4), share.point, body.subarray(69)) : undefined,
        ),
    };
    expect(await failureOf(rig.connect())).toMatchObject({ code: "dtls.key-proof" });
    await rig.server.close();
  });

  it("who replays an old signature under new randoms is found out", async () => {
    const rig = await dtlsRig(pki);
    const old: { body?: Uint8Array } = {};
    rig.network.weather = {
      change: (datagram) =>
        withMessages(datagram, (type, body) => {
          if (type !== MESSAGE.serverKeyExchange) return undefined;
          old.body ??= Uint8Array.from(body);
          return old.body;
        }),
    };
    await (await rig.connect()).close();
    expect(await failureOf(rig.connect())).toMatchObject({ code: "dtls.key-proof" });
    await rig.server.close();
  });

  it.each([
    ["the suites of the client", MESSAGE.clientHello, (body: Uint8Array) => swap(body, [0xc0, 0x2b], [0xc0, 0xae])],
    ["the server's random", MESSAGE.serverHello, (body: Uint8Array) => flip(body, 10)],
  ])("who alters %s gets no connection", async (_, altered, change) => {
    const rig = await dtlsRig(pki);
    rig.network.weather = {
      change: (datagram) => withMessages(datagram, (type, body) => (type === altered ? change(body) : undefined)),
    };
    const failure = await failureOf(rig.connect({ limit: seconds(8) }));
    expect(failure.code).toMatch(/^dtls\.(key-proof|handshake-timeout|finished|peer-alert)$/);
    expect(rig.accepted).toHaveLength(0);
    await rig.server.close();
  });

  it("who forges a Finished message in the clear neither opens nor stops the connection", async () => {
    const rig = await dtlsRig(pki);
    const forged = { count: 0 };
    rig.network.weather = {
      change: (datagram, from, to) => {
        const first = recordsOf(datagram, NO_ID)[0];
        if (first?.epoch === 0 && first.type === 22 && forged.count < 20)
          for (const sequence of [1, 2, 3, 4, 5, 6]) {
            forged.count++;
            const body = encodeMessage({ type: MESSAGE.finished, sequence, body: new Uint8Array(12) });
            rig.network.deliver(
              encodeRecord({ type: 22, epoch: 0, sequence: 900, connectionId: NO_ID, body }),
              from,
              to,
            );
            rig.network.deliver(
              encodeRecord({ type: 22, epoch: 1, sequence: 900, connectionId: NO_ID, body }),
              from,
              to,
            );
          }
        return datagram;
      },
    };
    const connection = await rig.connect();
    expect(forged.count).toBeGreaterThan(0);
    expect(await echo(rig, connection, "after forgeries")).toBe("after forgeries");
    await rig.server.close();
  });
});

describe("data in the clear", () => {
  it("that comes in the midst of a handshake is never delivered", async () => {
    const rig = await dtlsRig(pki);
    const body = Buffer.from("in the clear");
    rig.network.weather = {
      change: (datagram, from, to) => {
        rig.network.deliver(encodeRecord({ type: 23, epoch: 0, sequence: 800, connectionId: NO_ID, body }), from, to);
        return datagram;
      },
    };
    const connection = await rig.connect();
    const received: string[] = [];
    connection.onMessage((data) => received.push(Buffer.from(data).toString()));
    expect([received, rig.atServer]).toEqual([[], []]);
    expect(await echo(rig, connection, "protected")).toBe("protected");
    expect(rig.atServer).toEqual(["protected"]);
    await rig.server.close();
  });
});

describe("a stolen certificate", () => {
  it("is worth nothing without its key", async () => {
    const clock = new VirtualClock(Date.now() + 60_000);
    const network = new DatagramNetwork(clock);
    const seen = await impostor(clock, network);
    const openPort = async () => network.open(0);
    const options = { host: "127.0.0.1", port: SERVER_PORT, ca: pki.text("root.pem"), clock, openPort };
    const failure = await failureOf(whileTimeRuns(clock, connectDtls(options)));
    expect(failure).toMatchObject({ code: "dtls.key-proof" });
    expect(failure.advice).toContain("security");
    expect(seen.some(({ kind }) => kind === "opened")).toBe(false);
  });
});

function flip(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

function swap(bytes: Uint8Array, one: readonly number[], other: readonly number[]): Uint8Array {
  const hex = Buffer.from(bytes).toString("hex");
  return Buffer.from(hex.replace(Buffer.from(one).toString("hex"), Buffer.from(other).toString("hex")), "hex");
}
