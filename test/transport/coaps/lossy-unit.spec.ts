import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { RunEvent } from "../../../src/contract/run-event.ts";
import type { Clock } from "../../../src/core/clock.ts";
import { Secret } from "../../../src/core/secret.ts";
import { listenDtls } from "../../../src/dtls/listen-dtls.ts";
import { SessionStore } from "../../../src/dtls/session-store.ts";
import { FAIR, stormy, UdpRelay, type Carry } from "../../fakes/udp-relay.ts";
import { hasty, UnitLine, type Told } from "./support/unit-line.ts";

vi.setConfig({ testTimeout: 120_000 });

/** First bytes of handshake records and of records with a connection id (RFC 9146). */
const [HANDSHAKE, CONNECTION_ID] = [22, 25];
const CLIENT_HELLO = 1;
const LOST: Carry = () => ({ copies: 0, late: false });
const PASSED = { outcome: "PASS", release: "restored", code: undefined };

const open: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

async function started(options: { readonly units?: number; readonly clock?: Clock } = {}): Promise<UnitLine> {
  const line = await UnitLine.start(options);
  open.push(() => line.stop());
  return line;
}

async function relayTo(port: number, carry?: Carry): Promise<UdpRelay> {
  const relay = await UdpRelay.open(port, carry);
  open.push(() => relay.close());
  return relay;
}

/** Notes the paths that the service is asked for. */
function pathsOf(line: UnitLine): readonly string[] {
  const paths: string[] = [];
  line.onRequest = (path) => paths.push(path);
  return paths;
}

const count = (paths: readonly string[], wanted: string): number => paths.filter((path) => path === wanted).length;

const hellosOf = ({ heard }: UdpRelay): number =>
  heard.filter(({ datagram }) => datagram[0] === HANDSHAKE && datagram[13] === CLIENT_HELLO).length;

const summary = ({ finished: { outcome, release, error } }: Told) => ({ outcome, release, code: error?.code });

/** How the attempts to provision ended. */
const provisionsOf = (events: readonly RunEvent[]): readonly string[] =>
  events.flatMap((event) =>
    event.type === "phase.finished" && event.phase === "provision"
      ? [[event.result, ...(event.error === undefined ? [] : [event.error.code])].join(" ")]
      : [],
  );

describe("a unit over CoAP and DTLS", () => {
  it("needs a handshake for each report and one more, and on a good network sends nothing twice", async () => {
    const line = await started();
    const relay = await relayTo(line.coapsPort);
    const paths = pathsOf(line);
    expect(summary(await line.run(await line.order(relay.port)))).toEqual(PASSED);
    const reports = count(paths, "/p/rsp");
    expect(reports).toBeGreaterThan(0);
    // Each hello goes twice, the second time with the server's cookie.
    expect({ clients: relay.clients, hellos: hellosOf(relay) }).toEqual({
      clients: reports + 1,
      hellos: 2 * reports + 2,
    });
    const sent = relay.heard.map(({ datagram }) => Buffer.from(datagram).toString("hex"));
    expect(new Set(sent).size).toBe(sent.length);
    expect(line.refused).toEqual([]);
  });

  it("passes at 10 % loss, 10 % duplicates and 20 % overtaken, whatever the order of the mishaps", async () => {
    const seeds = [11, 12, 13, 14, 15, 16];
    const line = await started({ units: seeds.length, clock: hasty(4) });
    const relays = await Promise.all(seeds.map((seed) => relayTo(line.coapsPort, stormy(seed))));
    const runs = await Promise.all(relays.map(async ({ port }, index) => line.run(await line.order(port, index + 1))));
    expect(runs.map(summary)).toEqual(seeds.map(() => PASSED));
    expect(runs.map(({ events }) => provisionsOf(events))).toEqual(seeds.map(() => ["passed"]));
    const all = relays.flatMap(({ heard }) => heard);
    expect(all.filter(({ lost }) => lost).length).toBeGreaterThan(seeds.length);
    expect(all.filter(({ copies }) => copies > 1).length).toBeGreaterThan(seeds.length);
  });

  it("keeps its connections when a router changes its address before every message", async () => {
    const line = await started();
    const relay = await relayTo(line.coapsPort);
    const paths = pathsOf(line);
    relay.carry = (datagram, way) => {
      if (way === "to service" && datagram[0] === CONNECTION_ID) relay.rebind();
      return FAIR(datagram, way);
    };
    expect(summary(await line.run(await line.order(relay.port)))).toEqual(PASSED);
    const connections = count(paths, "/p/rsp") + 1;
    expect({ clients: relay.clients, hellos: hellosOf(relay) }).toEqual({
      clients: connections,
      hellos: 2 * connections,
    });
    // More than one address for each connection, one for each request at least.
    expect(relay.sources.size).toBeGreaterThan(paths.filter((path) => path.startsWith("/p/")).length);
  });
});

describe("the secrets of DTLS", () => {
  it("stay out of the events, the service's files and what it says: master secrets, tokens, its key", async () => {
    // Looked at in passing: both sides keep their sessions here.
    const put = vi.spyOn(SessionStore.prototype, "put");
    open.push(() => put.mockRestore());
    const line = await started();
    const told = await line.run(await line.order(line.coapsPort));
    expect(summary(told)).toEqual(PASSED);
    const masters = put.mock.calls.map(([, { master }]) => master.reveal());
    expect(masters.length).toBeGreaterThan(1);
    const key = readFileSync(join(line.folder, "server-key.pem"), "utf8").split("\n")[1] ?? "";
    const said = Buffer.from(JSON.stringify([told.events, line.refused]));
    const files = readdirSync(line.folder).map((name) => [name, readFileSync(join(line.folder, name))] as const);
    const needles = masters.flatMap((hex) => [
      hex,
      Buffer.from(hex, "hex"),
      Buffer.from(hex, "hex").toString("base64"),
    ]);
    for (const needle of needles) {
      expect(said.includes(needle)).toBe(false);
      expect(files.filter(([, bytes]) => bytes.includes(needle)).map(([name]) => name)).toEqual([]);
    }
    expect(said.includes(key)).toBe(false);
    expect(files.filter(([, bytes]) => bytes.includes(key)).map(([name]) => name)).toEqual(["server-key.pem"]);
    // A JWT with its signature.
    expect(said.toString().match(/eyJ[\w-]+\.eyJ[\w-]+\.[\w-]{40,}/g)).toBeNull();
  });
});

describe("a unit whose service begins anew", () => {
  it("while it works passes: the report has a handshake of its own, although the session is forgotten", async () => {
    const line = await started();
    const relay = await relayTo(line.coapsPort);
    const restart: { done?: Promise<void> } = {};
    const told = await line.run(await line.order(relay.port), (event) => {
      if (event.type === "command.announced") restart.done ??= line.restartService();
    });
    await restart.done;
    expect(summary(told)).toEqual(PASSED);
    expect(provisionsOf(told.events).at(-1)).toBe("passed");
  });

  it.each([
    ["with a goodbye", FAIR, /^repeated (coap|dtls)\.closed$/],
    ["without a word", LOST, /^repeated provisioning\.no-answer$/],
  ])("in mid-session %s is asked again, and passes", async (_how, weather, said) => {
    const line = await started({ clock: hasty(8) });
    const relay = await relayTo(line.coapsPort);
    const restart: { done?: Promise<void> } = {};
    line.onRequest = (path) => {
      if (path !== "/p/cmd" || restart.done !== undefined) return;
      relay.carry = weather;
      restart.done = line.restartService().then(() => {
        // What the old service still said on its way out does not arrive either.
        if (weather === LOST) relay.rebind();
        relay.carry = FAIR;
      });
    };
    const told = await line.run(await line.order(relay.port));
    await restart.done;
    expect(summary(told)).toEqual(PASSED);
    expect(provisionsOf(told.events)[0]).toMatch(said);
    expect(provisionsOf(told.events).at(-1)).toBe("passed");
    expect(summary(await line.run(await line.order(relay.port)))).toEqual(PASSED);
  });
});

const HANDSHAKES_ONLY: Carry = (datagram, way) =>
  (way === "to service" && datagram[0] === CONNECTION_ID ? LOST : FAIR)(datagram, way);

describe("a unit whose service", () => {
  it.each([
    ["is silent", LOST, "dtls.no-answer", /UDP.*firewall/],
    ["falls silent after the handshake", HANDSHAKES_ONLY, "provisioning.no-answer", /network and the service/],
  ])(
    "%s ends as ERROR after its last try, the modem released; the next run passes",
    async (_what, carry, code, advice) => {
      const line = await started({ clock: hasty(8) });
      const relay = await relayTo(line.coapsPort, carry);
      const told = await line.run(await line.order(relay.port));
      expect(summary(told)).toEqual({ outcome: "ERROR", release: "restored", code });
      expect(told.finished.error?.advice).toMatch(advice);
      expect(provisionsOf(told.events)).toEqual([`repeated ${code}`, `repeated ${code}`, `failed ${code}`]);
      relay.carry = FAIR;
      expect(summary(await line.run(await line.order(relay.port)))).toEqual(PASSED);
    },
  );

  it("resets every message ends as ERROR that says so; the next run passes", async () => {
    const line = await started({ clock: hasty(8) });
    const resetting = await listenDtls({
      port: 0,
      certificate: readFileSync(join(line.folder, "server.pem"), "utf8"),
      key: new Secret(readFileSync(join(line.folder, "server-key.pem"), "utf8")),
      onConnection: (connection) =>
        connection.onMessage(([, , high = 0, low = 0]) => connection.send(Uint8Array.of(0x70, 0, high, low))),
    });
    open.push(() => resetting.close());
    const told = await line.run(await line.order(resetting.address.port));
    expect(summary(told)).toEqual({ outcome: "ERROR", release: "restored", code: "coap.reset" });
    expect(provisionsOf(told.events)).toEqual(["repeated coap.reset", "repeated coap.reset", "failed coap.reset"]);
    expect(summary(await line.run(await line.order(line.coapsPort)))).toEqual(PASSED);
  });

  it("does not listen ends as ERROR with the address", async () => {
    const line = await started({ clock: hasty(8) });
    const unused = await UdpRelay.open(line.coapsPort);
    const { port } = unused;
    unused.close();
    const told = await line.run(await line.order(port));
    expect(summary(told)).toEqual({ outcome: "ERROR", release: "restored", code: "transport.refused" });
    expect(told.finished.error?.facts).toMatchObject({ service: `127.0.0.1:${port}` });
    expect(summary(await line.run(await line.order(line.coapsPort)))).toEqual(PASSED);
  });
});
