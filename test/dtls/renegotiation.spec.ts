import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { milliseconds } from "../../src/core/duration.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { Association, type Effect } from "../../src/dtls/association.ts";
import { readAnchors } from "../../src/dtls/certificate/anchors.ts";
import { readServerIdentity } from "../../src/dtls/certificate/server-identity.ts";
import { ClientHandshake } from "../../src/dtls/handshake/client-handshake.ts";
import { parseClientHello } from "../../src/dtls/handshake/hellos.ts";
import { encodeMessage, fragmentsOf, MESSAGE } from "../../src/dtls/handshake/message.ts";
import { Reassembly } from "../../src/dtls/handshake/reassembly.ts";
import { ServerHandshake } from "../../src/dtls/handshake/server-handshake.ts";
import { RecordLayer } from "../../src/dtls/record/record-layer.ts";
import { recordsOf } from "../../src/dtls/record/record.ts";
import { SessionStore } from "../../src/dtls/session-store.ts";
import { smallPki, type TestPki } from "../fakes/dtls-pki.ts";

let pki: TestPki;

beforeAll(() => {
  pki = smallPki();
});

afterAll(() => pki.remove());

const NONE = new Uint8Array(0);
const BOUNDS = { message: 65_536, total: 131_072 };

type Side = { readonly association: Association; readonly records: RecordLayer };
const datagramsOf = (effects: readonly Effect[]): Uint8Array[] =>
  effects.flatMap((effect) => (effect.kind === "transmit" ? [effect.datagram] : []));

/** Client and server that have finished a handshake, with their record layers in hand. */
function pair(): { readonly client: Side; readonly server: Side; readonly hello: Uint8Array } {
  const clock = new VirtualClock(Date.now() + 60_000);
  const clientRecords = new RecordLayer();
  const handshake = new ClientHandshake({
    serverName: "localhost",
    anchors: readAnchors(pki.text("root.pem")),
    now: () => clock.now(),
    session: undefined,
    keepSession: () => undefined,
  });
  const client = {
    association: new Association(handshake, clientRecords, new Reassembly(BOUNDS)),
    records: clientRecords,
  };
  const [first] = datagramsOf(client.association.start(0));
  const fragment = fragmentsOf(recordsOf(first!, NONE)[0]!.body)[0]!;
  const serverRecords = new RecordLayer();
  const serverHandshake = new ServerHandshake({
    identity: readServerIdentity(pki.chain("leaf", "int"), pki.key("leaf")),
    sessions: new SessionStore(clock),
    hello: parseClientHello(fragment.body),
    helloMessage: fragment,
    connectionId: NONE,
  });
  const server = {
    association: new Association(serverHandshake, serverRecords, new Reassembly(BOUNDS, 1)),
    records: serverRecords,
  };
  const flights = datagramsOf(server.association.start(0));
  const answers = flights.flatMap((datagram) => datagramsOf(client.association.receive(datagram, 0)));
  const last = answers.flatMap((datagram) => datagramsOf(server.association.receive(datagram, 0)));
  for (const datagram of last) client.association.receive(datagram, 0);
  return { client, server, hello: fragment.body };
}

describe("renegotiation under the keys of the connection", () => {
  it("asked for by a client is refused with a warning, a few times, and changes nothing", () => {
    const { client, server, hello } = pair();
    expect([client.association.state, server.association.state]).toEqual(["open", "open"]);
    const body = encodeMessage({ type: MESSAGE.clientHello, sequence: 3, body: hello });
    const answers = Array.from({ length: 10 }, () =>
      datagramsOf(server.association.receive(client.records.encode(1, { type: 22, data: body }), 0)),
    ).flat();
    const alerts = answers.flatMap((datagram) => client.records.receive(datagram));
    expect(alerts.map(({ type, data }) => [type, ...data])).toEqual(Array.from({ length: 4 }, () => [21, 1, 100]));
    expect(server.association.state).toBe("open");
    const [message] = datagramsOf(client.association.send(Buffer.from("same keys")));
    expect(server.association.receive(message!, 0)).toContainEqual({ kind: "deliver", data: Buffer.from("same keys") });
  });

  it("asked for by a server is refused with a warning", () => {
    const { client, server } = pair();
    const body = encodeMessage({ type: MESSAGE.helloRequest, sequence: 9, body: NONE });
    const [answer] = datagramsOf(client.association.receive(server.records.encode(1, { type: 22, data: body }), 0));
    expect([...server.records.receive(answer!)[0]!.data]).toEqual([1, 100]);
    expect(client.association.state).toBe("open");
  });

  it("is not begun by Finished messages, certificates or changes of ciphers out of place", () => {
    const { client, server } = pair();
    for (const type of [MESSAGE.finished, MESSAGE.certificate, MESSAGE.clientKeyExchange, MESSAGE.serverHelloDone]) {
      const data = encodeMessage({ type, sequence: 3, body: new Uint8Array(12) });
      expect(datagramsOf(server.association.receive(client.records.encode(1, { type: 22, data }), 0))).toEqual([]);
    }
    const change = client.records.encode(1, { type: 20, data: Uint8Array.of(1) });
    expect(datagramsOf(server.association.receive(change, milliseconds(1)))).toEqual([]);
    expect(server.association.state).toBe("open");
  });

  it("does not come through a fatal alert either: that ends the connection", () => {
    const { client, server } = pair();
    const alert = client.records.encode(1, { type: 21, data: Uint8Array.of(2, 40) });
    const ended = server.association.receive(alert, 0).find(({ kind }) => kind === "ended");
    expect(ended).toMatchObject({
      error: { code: "dtls.parameters", facts: { alert: "handshake_failure", authentic: true } },
    });
    expect(() => server.association.send(NONE)).toThrow(expect.objectContaining({ code: "dtls.closed" }));
  });
});
