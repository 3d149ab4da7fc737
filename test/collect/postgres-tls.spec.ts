import { createServer, type AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseCentralAddress, type CentralAddress } from "../../src/collect/central-address.ts";
import { openSession } from "../../src/collect/open-central.ts";
import { openForReading } from "../../src/collect/read/open-for-reading.ts";
import { describeError } from "../../src/core/error.ts";
import { Secret } from "../../src/core/secret.ts";
import { failureOf } from "../audit/samples.ts";
import { CA, LEAF, TestPki } from "../fakes/dtls-pki.ts";
import { PostgresServer } from "../fakes/postgres-server.ts";

const pki = new TestPki();
let secured: PostgresServer;
let elsewhere: PostgresServer;
let plain: PostgresServer;

beforeAll(async () => {
  pki.make("ca", { extensions: CA });
  pki.make("other-ca", { extensions: CA });
  pki.make("server", { issuer: "ca" });
  const names = LEAF.map((line) => line.replace(/DNS:.*/, "DNS:db.factory.example"));
  pki.make("elsewhere", { issuer: "ca", extensions: names });
  const start = (name: string): Promise<PostgresServer> =>
    PostgresServer.start(["fsync=off"], { certificate: pki.text(`${name}.pem`), key: pki.text(`${name}.key`) });
  secured = await start("server");
  elsewhere = await start("elsewhere");
  plain = await PostgresServer.start();
});
afterAll(async () => {
  await secured.stop();
  await elsewhere.stop();
  await plain.stop();
  pki.remove();
});

/** The address of a server as a person writes it, for one of its names. */
function address(server: PostgresServer, query: string, host = "localhost"): Secret {
  return new Secret(`${server.address().replace("127.0.0.1", host)}${query}`);
}

const root = (name: string): string => `sslrootcert=${encodeURIComponent(pki.path(`${name}.pem`))}`;

/** Whether the session that the address opens is encrypted. */
async function isEncrypted(text: Secret): Promise<unknown> {
  const sql = await openSession(parseCentralAddress(text), { readOnly: true, program: "spec" });
  try {
    const [row] = await sql.all("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()");
    return row?.[0];
  } finally {
    await sql.close();
  }
}

describe("a central database that is reached by TLS", () => {
  it.each(["localhost", "127.0.0.1"])("is one whose certificate is of the CA and for its host: %s", async (host) => {
    expect(await isEncrypted(address(secured, `?sslmode=verify-full&${root("ca")}`, host))).toBe(true);
    expect(await isEncrypted(address(secured, `?${root("ca")}`, host))).toBe(true);
  });

  it("goes without on this computer only where the address says nothing of it", async () => {
    expect(await isEncrypted(address(secured, ""))).toBe(false);
    expect(await isEncrypted(address(secured, "?sslmode=disable"))).toBe(false);
  });

  it.each([
    [
      "another CA's certificate",
      () => address(secured, `?sslmode=verify-full&${root("other-ca")}`),
      /of no trusted CA/,
    ],
    ["a certificate of no CA of this computer", () => address(secured, "?sslmode=verify-full"), /of no trusted CA/],
    ["a certificate for another host", () => address(elsewhere, `?${root("ca")}`), /is for another host/],
    ["no TLS at all", () => address(plain, `?sslmode=verify-full&${root("ca")}`), /does not speak TLS/],
  ] as const)("is refused with its reason when the server has %s", async (_, where, reason) => {
    const error = await failureOf(openForReading(where()));
    expect(error).toMatchObject({ code: "collect.untrusted", facts: { host: "localhost" } });
    expect(describeError(error)).toMatch(reason);
    expect(describeError(error) + JSON.stringify(error)).not.toContain("of-the-test");
  });

  it("is refused when the CA file holds no certificate", async () => {
    const where = address(secured, `?sslrootcert=${encodeURIComponent(pki.path("ca.key"))}`);
    expect(await failureOf(openForReading(where))).toMatchObject({ code: "collect.address" });
  });

  it("on another computer is told nothing before it speaks TLS", async () => {
    const heard: Buffer[] = [];
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.on("data", (data) => {
        heard.push(data);
        socket.write("N");
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    // What an address of another computer is read as, sent to this one.
    const far = parseCentralAddress(new Secret("postgres://collector:of-the-test@db.factory.example/line"));
    expect(far).toMatchObject({ tls: {} });
    const near = { ...far, host: "127.0.0.1", port: (server.address() as AddressInfo).port } as CentralAddress;
    expect(await failureOf(openSession(near, { readOnly: true, program: "spec" }))).toMatchObject({
      code: "collect.untrusted",
    });
    server.close();
    // SSLRequest of the protocol's chapter "Message Formats", and nothing else.
    expect(Buffer.concat(heard).toString("hex")).toBe("0000000804d2162f");
  });
});
