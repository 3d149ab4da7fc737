import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { joined } from "../../src/dtls/bytes.ts";
import type { PeerAddress } from "../../src/dtls/datagram-port.ts";
import { encodeMessage, MESSAGE } from "../../src/dtls/handshake/message.ts";
import { encodeRecord, recordsOf } from "../../src/dtls/record/record.ts";
import { seeded } from "../fakes/datagram-network.ts";
import { smallPki, type TestPki } from "../fakes/dtls-pki.ts";
import { dtlsRig, echo, SERVER_ADDRESS, SERVER_PORT, type DtlsRig } from "../fakes/dtls-rig.ts";

let pki: TestPki;

beforeAll(() => {
  pki = smallPki();
});

afterAll(() => pki.remove());

const NO_ID = new Uint8Array(0);
const fromServer = (from: PeerAddress): boolean => from.port === SERVER_PORT;

describe("an established connection", () => {
  const established = async (): Promise<{
    rig: DtlsRig;
    connection: Awaited<ReturnType<DtlsRig["connect"]>>;
    client: PeerAddress;
  }> => {
    const rig = await dtlsRig(pki);
    const connection = await rig.connect();
    return { rig, connection, client: rig.network.sent[0]!.from };
  };

  it("delivers no forged and no altered data, and lives on", async () => {
    const { rig, connection, client } = await established();
    const received: string[] = [];
    await echo(rig, connection, "genuine");
    connection.onMessage((data) => received.push(Buffer.from(data).toString()));
    const genuine = rig.network.sent.filter(({ datagram }) => datagram[0] === 23 || datagram[0] === 25);
    for (const { datagram, from, to } of genuine)
      for (let at = 0; at < datagram.length; at++) rig.network.deliver(flip(datagram, at), from, to);
    const forged = encodeRecord({ type: 23, epoch: 1, sequence: 5, connectionId: NO_ID, body: new Uint8Array(40) });
    const plain = encodeRecord({ type: 23, epoch: 0, sequence: 5, connectionId: NO_ID, body: Buffer.from("plain") });
    for (const datagram of [forged, plain]) {
      rig.network.deliver(datagram, SERVER_ADDRESS, client);
      rig.network.deliver(datagram, client, SERVER_ADDRESS);
    }
    expect(received).toEqual([]);
    expect(rig.atServer).toEqual(["genuine"]);
    expect(await echo(rig, connection, "still there")).toBe("still there");
    await rig.server.close();
  });

  it("delivers a replayed message once", async () => {
    const { rig, connection } = await established();
    await echo(rig, connection, "once");
    const sent = [...rig.network.sent];
    for (const { datagram, from, to } of [...sent, ...sent.toReversed()]) rig.network.deliver(datagram, from, to);
    expect(rig.atServer).toEqual(["once"]);
    expect(await echo(rig, connection, "twice")).toBe("twice");
    expect(rig.accepted).toHaveLength(1);
    await rig.server.close();
  });

  it("does not move its replay window for forged sequence numbers", async () => {
    const { rig, connection, client } = await established();
    await echo(rig, connection, "one");
    const last = rig.network.sent.findLast(({ datagram }) => datagram[0] === 23)!;
    const [record] = recordsOf(last.datagram, NO_ID);
    const ahead = encodeRecord({ ...record!, sequence: 2 ** 40 });
    rig.network.deliver(ahead, SERVER_ADDRESS, client);
    expect(await echo(rig, connection, "two")).toBe("two");
    await rig.server.close();
  });

  it("ignores alerts and goodbyes in the clear", async () => {
    const { rig, connection, client } = await established();
    for (const alert of [Uint8Array.of(2, 40), Uint8Array.of(1, 0), Uint8Array.of(2, 0)])
      for (const epoch of [0, 1]) {
        const record = encodeRecord({ type: 21, epoch, sequence: 99, connectionId: NO_ID, body: alert });
        rig.network.deliver(record, SERVER_ADDRESS, client);
        rig.network.deliver(record, client, SERVER_ADDRESS);
      }
    expect(await echo(rig, connection, "not impressed")).toBe("not impressed");
    await rig.server.close();
  });

  it("ignores who asks in the clear to renegotiate", async () => {
    const { rig, connection, client } = await established();
    const hello = encodeMessage({ type: MESSAGE.helloRequest, sequence: 0, body: NO_ID });
    rig.network.deliver(
      encodeRecord({ type: 22, epoch: 0, sequence: 50, connectionId: NO_ID, body: hello }),
      SERVER_ADDRESS,
      client,
    );
    expect(await echo(rig, connection, "same keys")).toBe("same keys");
    expect(rig.accepted).toHaveLength(1);
    await rig.server.close();
  });
});

describe("random datagrams", () => {
  it("20,000 of them neither get in nor stop client or server, before, during and after the handshake", async () => {
    const rig = await dtlsRig(pki);
    const random = seeded(7);
    const stranger = { host: "10.0.0.9", port: 999 };
    const known: Uint8Array[] = [];
    const noise = (): Uint8Array => {
      const base = random() < 0.5 ? undefined : known[Math.floor(random() * known.length)];
      if (base === undefined)
        return Uint8Array.from({ length: Math.floor(random() * 300) }, () => Math.floor(random() * 256));
      const cut = base.slice(0, random() < 0.3 ? Math.floor(random() * base.length) : base.length);
      for (let change = 0; change < 3 && cut.length > 0; change++)
        cut[Math.floor(random() * cut.length)] = Math.floor(random() * 256);
      return cut;
    };
    const shower = (count: number, to: PeerAddress, from: PeerAddress): void => {
      for (let index = 0; index < count; index++) rig.network.deliver(noise(), from, to);
    };
    const heard: string[] = [];
    shower(4000, SERVER_ADDRESS, stranger);
    const first = await rig.connect();
    known.push(...rig.network.sent.map(({ datagram }) => datagram));
    const client = rig.network.sent[0]!.from;
    shower(4000, SERVER_ADDRESS, stranger);
    shower(5000, SERVER_ADDRESS, client);
    first.onMessage((data) => heard.push(Buffer.from(data).toString()));
    shower(5000, client, SERVER_ADDRESS);
    expect(heard).toEqual([]);
    expect(await echo(rig, first, "first")).toBe("first");
    rig.network.weather = {
      change: (datagram, from, to) => {
        if (!fromServer(from)) shower(500, to, from);
        else
          for (let index = 0; index < 500; index++)
            rig.network.deliver(
              Uint8Array.from({ length: 60 }, () => Math.floor(random() * 256)),
              from,
              to,
            );
        return datagram;
      },
    };
    const second = await rig.connect();
    rig.network.weather = {};
    expect(rig.network.sent.length).toBeGreaterThan(8);
    expect(await echo(rig, second, "second")).toBe("second");
    expect(await echo(rig, first, "first again")).toBe("first again");
    expect(new Set(rig.atServer)).toEqual(new Set(["first", "second", "first again"]));
    expect(rig.accepted).toHaveLength(2);
    await rig.server.close();
  });

  it("of any kind never throw out of client or server", async () => {
    const rig = await dtlsRig(pki);
    const connection = await rig.connect();
    const client = rig.network.sent[0]!.from;
    const header = fc.tuple(
      fc.constantFrom(20, 21, 22, 23, 25),
      fc.constantFrom(0, 1, 2),
      fc.uint8Array({ maxLength: 80 }),
    );
    fc.assert(
      fc.property(fc.array(header, { maxLength: 4 }), (list) => {
        const records = list.map(([type, epoch, body]) =>
          encodeRecord({ type, epoch, sequence: 70, connectionId: NO_ID, body }),
        );
        rig.network.deliver(joined(...records), client, SERVER_ADDRESS);
        rig.network.deliver(joined(...records), SERVER_ADDRESS, client);
      }),
      { numRuns: 2000 },
    );
    expect(await echo(rig, connection, "unharmed")).toBe("unharmed");
    await rig.server.close();
  });
});

function flip(bytes: Uint8Array, at: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}
