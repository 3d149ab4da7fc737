import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seconds } from "../../src/core/duration.ts";
import { parseAlert } from "../../src/dtls/alert.ts";
import type { PeerAddress } from "../../src/dtls/datagram-port.ts";
import { parseCertificateList } from "../../src/dtls/handshake/certificate-list.ts";
import { parseClientHello, parseHelloVerifyRequest, parseServerHello } from "../../src/dtls/handshake/hellos.ts";
import { parseClientKeyExchange, parseServerKeyExchange } from "../../src/dtls/handshake/key-exchange.ts";
import { chooseFrom } from "../../src/dtls/handshake/server-offer.ts";
import { recordsOf } from "../../src/dtls/record/record.ts";
import { smallPki, type TestPki } from "../fakes/dtls-pki.ts";
import { dtlsRig, echo, SERVER_ADDRESS, SERVER_PORT } from "../fakes/dtls-rig.ts";
import { framesOf } from "./support/frames.ts";
import { assertSurvives, type Target } from "./support/fuzz.ts";
import { endOf, refusalOf } from "./support/refusal.ts";

/** Each datagram, or each change of a live handshake, stands behind its length in two bytes. */
const TARGET: Target = {
  corpus: "dtls",
  dictionary: [
    ...[
      "14fefd",
      "15fefd",
      "16fefd",
      "17fefd",
      "19fefd",
      "16feff",
      "160303",
      "0000000000000000",
      "ffffffffffff",
      "0001",
    ],
    ...[
      "01000000",
      "02000000",
      "0b000000",
      "0c000000",
      "0e000000",
      "10000000",
      "14000000",
      "03000000",
      "00ffffff",
      "0228",
      "0100",
    ],
    ...["000d0004000204030403", "00170000", "ff01000100", "003600", "0017", "c02b", "c0ac"],
  ].map((hex) => Buffer.from(hex, "hex")),
};

const NO_ID = new Uint8Array(0);
const STRANGER: PeerAddress = { host: "10.0.0.9", port: 999 };
const PARSERS: readonly ((bytes: Uint8Array) => unknown)[] = [
  (bytes) => chooseFrom(parseClientHello(bytes), "prime256v1"),
  ...[parseServerHello, parseHelloVerifyRequest, parseCertificateList, parseServerKeyExchange, parseClientKeyExchange],
  parseAlert,
];

describe("datagrams", () => {
  const state: { pki?: TestPki } = {};
  beforeAll(() => {
    state.pki = smallPki();
  });
  afterAll(() => state.pki?.remove());
  const pki = (): TestPki => state.pki as TestPki;

  it("are read to no more than they hold, or refused", async () => {
    await assertSurvives(TARGET, async ({ bytes }) => {
      for (const datagram of [bytes, ...framesOf(bytes)]) {
        const records = recordsOf(datagram, NO_ID);
        expect(records.reduce((sum, { body }) => sum + body.length, 0)).toBeLessThanOrEqual(datagram.length);
        for (const part of [
          datagram,
          ...records.map(({ body }) => body),
          ...records.map(({ body }) => body.subarray(12)),
        ])
          for (const parse of PARSERS) expect(await endOf(() => parse(part))).toMatch(/^(?:taken|dtls\.)/);
      }
    });
  });

  it("from strangers and in the name of peers neither get through nor end a connection", async () => {
    const rig = await dtlsRig(pki());
    const connection = await rig.connect();
    const client = rig.network.sent[0]!.from;
    const heard: string[] = [];
    connection.onMessage((data) => heard.push(Buffer.from(data).toString()));
    await assertSurvives({ ...TARGET, cost: 2 }, async ({ bytes }) => {
      for (const datagram of [bytes.subarray(0, 4096), ...framesOf(bytes)]) {
        rig.network.deliver(datagram, STRANGER, SERVER_ADDRESS);
        rig.network.deliver(datagram, client, SERVER_ADDRESS);
        rig.network.deliver(datagram, SERVER_ADDRESS, client);
      }
      await rig.clock.advance(seconds(0.01));
      for (const error of rig.refused.splice(0)) expect(refusalOf(error)).toMatch(/^dtls\./);
      // The network keeps what was sent for tests that ask; this one does not.
      rig.network.sent.splice(0);
    });
    expect({ heard, atServer: rig.atServer }).toEqual({ heard: [], atServer: [] });
    expect(await echo(rig, connection, "still there")).toBe("still there");
    await rig.server.close();
  });

  it("changed within a handshake end it with the same keys or a refusal, and the next handshake is good", async () => {
    await assertSurvives({ ...TARGET, cost: 40 }, async ({ bytes }) => {
      const rig = await dtlsRig(pki());
      const changes = framesOf(bytes);
      const turn = { next: 0 };
      rig.network.weather = {
        change: (datagram, from) => {
          const change = changes[turn.next++];
          if (change === undefined || change.length === 0) return datagram;
          return from.port === SERVER_PORT && change.length % 7 === 0 ? undefined : changed(datagram, change);
        },
      };
      const end = await endOf(async () => {
        const connection = await rig.connect();
        expect(await echo(rig, connection, "same keys")).toBe("same keys");
      });
      expect(end).toMatch(/^(?:taken|dtls\.|transport\.)/);
      expect(new Set(rig.atServer).size).toBeLessThanOrEqual(1);
      rig.network.weather = {};
      const next = await rig.connect();
      expect(await echo(rig, next, "next")).toBe("next");
      for (const error of rig.refused) refusalOf(error);
      await rig.server.close();
    });
  });
});

/** A datagram with bytes laid over it: the first two of the change say where, the third how. */
function changed(datagram: Uint8Array, [high = 0, low = 0, how = 0, ...over]: Uint8Array): Uint8Array {
  const at = (high * 256 + low) % Math.max(1, datagram.length);
  const copy = Uint8Array.from(datagram);
  switch (how % 4) {
    case 0:
      over.slice(0, copy.length - at).forEach((byte, index) => (copy[at + index] = byte));
      return copy;
    case 1:
      copy[at] = (copy[at] ?? 0) ^ (1 << ((over[0] ?? 0) % 8));
      return copy;
    case 2:
      return copy.subarray(0, at);
  }
  return Uint8Array.from([...copy.subarray(0, at), ...over, ...copy.subarray(at)]);
}
