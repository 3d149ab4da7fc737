import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ServiceTestSchema } from "../../src/contract/service-test.ts";
import { UdpRelay } from "../fakes/udp-relay.ts";
import { lastJson, startStation, station, type Ended } from "./station-process.ts";
import { PATIENCE, temporaryFolder, type ServiceReady, type TrayObject } from "./support/tray-line.ts";

vi.setConfig(PATIENCE);

const UNITS = 16;
type Fields = Readonly<Record<string, unknown>>;

let folder: string;
let coaps: Ended;
let https: Ended;

beforeAll(async () => {
  folder = temporaryFolder();
  const demo = (transport: string): Promise<Ended> =>
    station(["demo", "--units", String(UNITS), "--transport", transport, "--dir", join(folder, transport), "--json"]);
  coaps = await demo("coaps");
  https = await demo("https");
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What differs from run to run by its nature: identities of unit, run and station, times, ports. */
const OWN_COLUMNS = [
  ...["id", "batch", "station", "uuid", "imei", "iccid", "link"],
  ...["started_at", "finished_at", "elapsed_ms"],
];
const OWN_FIELDS = ["runId", "at", "seq", "elapsedMs", "link"];

/**
 * What a transport decides about the modem's work between `provision` and `verify`. Over HTTPS every request has a JWT of its
 * own and names the firmware in its path, over CoAP a connection is authenticated once; and as the heads of HTTP messages count
 * against the device's buffer, the service cuts the queue into lists of other lengths, each with its change of mode.
 */
const OF_TRANSPORT = /^AT(%JWT=|%CCLK\?|\+CCLK=|\+CGMR$|\+CFUN|\+CMEE)/;
const OF_LISTS: readonly unknown[] = ["NEED_LTE_DEACTIVATED", "NEED_LTE_ACTIVATED"];
/** A command's place in its list. */
const PLACE = /"ordinal":\d+,|,"total":\d+/g;

/** The run rows in the order of their slots. */
function rowsOf(transport: string): readonly Fields[] {
  return reading(transport, (db) =>
    db.prepare<[], Fields>("SELECT * FROM run ORDER BY CAST(slot AS INTEGER)").all(),
  ).map((row) => without(row, OWN_COLUMNS));
}

/** The events of a slot's run as they came. */
function eventsOf(transport: string, slot: number): readonly Fields[] {
  return reading(transport, (db) =>
    db
      .prepare<[string], string>("SELECT body FROM event WHERE run = (SELECT id FROM run WHERE slot = ?) ORDER BY seq")
      .pluck()
      .all(String(slot)),
  ).map((body) => JSON.parse(body) as Fields);
}

function reading<T>(transport: string, read: (db: Database.Database) => T): T {
  const db = new Database(join(folder, transport, "audit.db"), { readonly: true });
  try {
    return read(db);
  } finally {
    db.close();
  }
}

const without = (fields: Fields, names: readonly string[]): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)));

/** The events without those that the transport decides about. */
function ofEveryTransport(events: readonly Fields[]): readonly Fields[] {
  const at = (phase: string, type: string): number =>
    events.findIndex((event) => event["phase"] === phase && event["type"] === type);
  const [begin, end] = [at("provision", "phase.started"), at("provision", "phase.finished")];
  return events.filter(({ type, command, name }, index) => {
    if (index < begin || index > end) return true;
    if (type === "client.event") return !OF_LISTS.includes(name);
    return !(type === "at.exchange" && typeof command === "string" && OF_TRANSPORT.test(command));
  });
}

/** An event without what is a unit's or a run's own: its ids, and what it made of its random keys. */
function masked(event: Fields): unknown {
  const own = event["type"] === "artefact.made" ? ["sha256", "length", "text", "keySha256"] : [];
  // Credential 2 is the key that the modem made.
  const made = event["credential"] === 2 ? ["expectedSha256", "foundSha256"] : [];
  const token = event["type"] === "claim.announced" ? ["token"] : [];
  const text = JSON.stringify(without(event, [...OWN_FIELDS, ...own, ...made, ...token]))
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "UUID")
    .replaceAll(PLACE, "")
    .replaceAll(/\b355\d{12}\b/g, "IMEI")
    .replaceAll(/\b8901\d{15}F?\b/g, "ICCID")
    // Tokens in replies are random; what commands carry is the recipe's.
    .replaceAll(/(%(?:ATTESTTOKEN|KEYGEN): \\"\[sha256:)[0-9a-f]{64} length:\d+/g, "$1…")
    .replaceAll(/(16842753,2,\\")[0-9A-F]{64}/g, "$1…");
  return JSON.parse(text);
}

describe("station demo --transport coaps", () => {
  it("passes sixteen units, and says nothing else than its object", () => {
    const complaints = coaps.stderr.split("\n").filter((text) => !/PASS|^$/.test(text));
    expect({ code: coaps.code, complaints }).toEqual({ code: 0, complaints: [] });
    expect(coaps.stdout).toMatch(/^\{.*\}\n$/);
    expect(lastJson(coaps) as TrayObject).toMatchObject({ units: UNITS, pass: UNITS, fail: 0, error: 0, aborted: 0 });
    expect(lastJson(https) as TrayObject).toMatchObject({ units: UNITS, pass: UNITS });
  });

  it("records runs that differ from those over HTTPS in nothing but what is their own", () => {
    expect(rowsOf("coaps")).toHaveLength(UNITS);
    expect(rowsOf("coaps")).toEqual(rowsOf("https"));
  });

  it("records the same events but for what the transport asks of the modem", () => {
    for (let slot = 1; slot <= UNITS; slot++) {
      const [own, other] = ["coaps", "https"].map((transport) =>
        ofEveryTransport(eventsOf(transport, slot)).map(masked),
      );
      expect(own?.length).toBeGreaterThan(50);
      expect(own).toEqual(other);
    }
  });

  it("asks each modem for one token a run, where HTTPS needs one a request", () => {
    const tokens = (transport: string): number =>
      eventsOf(transport, 1).filter(({ command }) => typeof command === "string" && command.startsWith("AT%JWT="))
        .length;
    expect(tokens("coaps")).toBe(1);
    expect(tokens("https")).toBeGreaterThan(2);
  });
});

describe("station service --coaps PORT and station service-test", () => {
  let service: ReturnType<typeof startStation>;
  let ready: ServiceReady & { readonly coapsPort: number };

  beforeAll(async () => {
    const dir = join(folder, "service");
    service = startStation([...["service", "--dir", dir, "--https", "0", "--owner", "0", "--coaps", "0", "--json"]]);
    ready = JSON.parse(await service.firstLine) as typeof ready;
  });

  afterAll(async () => {
    service.kill("SIGTERM");
    await service.ended;
  });

  async function tested(place: { readonly host?: string; readonly port?: number; readonly ca?: string }) {
    const { host = "127.0.0.1", port = ready.coapsPort, ca = ready.ca } = place;
    const file = join(folder, "profile.yaml");
    writeFileSync(
      file,
      [
        ...["profile: 1", "name: Over CoAP", "service: embedded", "transport: coaps"],
        `coaps: { host: ${host}, port: ${port}, ca: ${JSON.stringify(ca)} }`,
        "",
      ].join("\n"),
    );
    const ended = await station(["service-test", file, "--json"]);
    const { sides } = ServiceTestSchema.parse(lastJson(ended));
    const steps = sides.flatMap((side) => (side.side === "device" ? side.steps : []));
    return {
      code: ended.code,
      steps: steps.map(({ step, state }) => `${step} ${state}`),
      error: steps.find(({ error }) => error !== undefined)?.error,
    };
  }

  it("prints the UDP port that it took", () => {
    expect(ready).toMatchObject({ ready: true, coapsPort: expect.any(Number) as number });
    expect(ready.coapsPort).toBeGreaterThan(0);
  });

  it("passes connection, certificate and answer", async () => {
    expect(await tested({})).toEqual({
      ...{ code: 0, steps: ["connect passed", "tls passed", "answer passed"], error: undefined },
    });
  });

  it("names the connection when nothing listens", async () => {
    const unused = await UdpRelay.open(ready.coapsPort);
    const { port } = unused;
    unused.close();
    const { code, steps, error } = await tested({ port });
    expect({ code, steps }).toEqual({ code: 1, steps: ["connect failed", "tls not-reached", "answer not-reached"] });
    expect(error).toMatchObject({ code: expect.stringMatching(/^(transport\.refused|dtls\.no-answer)$/) as string });
  });

  it("names the certificate when the profile trusts another CA", async () => {
    const { code, steps, error } = await tested({ ca: join(folder, "coaps", "service", "ca.pem") });
    expect({ code, steps }).toEqual({ code: 1, steps: ["connect passed", "tls failed", "answer not-reached"] });
    expect(error?.code).toMatch(/^dtls\.certificate-(untrusted|wrong-ca|incomplete)$/);
    expect(error?.advice).toMatch(/CA/);
  });

  it("names the name when there is none", async () => {
    const { code, steps, error } = await tested({ host: "no-such-host.invalid" });
    expect({ code, first: steps[0], error: error?.code }).toEqual({
      ...{ code: 1, first: "name failed", error: "transport.name-lookup" },
    });
  });

  it("ends with 0 when it is stopped", async () => {
    service.kill("SIGTERM");
    expect((await service.ended).code).toBe(0);
  });
});
