import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StationError } from "../../src/core/error.ts";
import { connectDtls } from "../../src/dtls/connect-dtls.ts";
import type { DtlsConnection } from "../../src/dtls/dtls-connection.ts";
import type { DtlsServer } from "../../src/dtls/dtls-options.ts";
import { listenDtls } from "../../src/dtls/listen-dtls.ts";
import { LEAF, P384, smallPki, type TestPki } from "../fakes/dtls-pki.ts";
import { failureOf, identity } from "../fakes/dtls-rig.ts";
import { OutsideProgram } from "../fakes/outside-program.ts";

let pki: TestPki;

beforeAll(() => {
  pki = smallPki();
  pki.make("leaf384", { issuer: "int", key: P384, subject: "/CN=localhost" });
  const names = Array.from({ length: 200 }, (_, index) => `DNS:host-${index}.a-very-long-name.example.test`);
  const many = [...LEAF.slice(0, 3), `subjectAltName=DNS:localhost,IP:127.0.0.1,${names.join(",")}`];
  pki.make("big", { issuer: "int", subject: "/CN=localhost", extensions: many });
});

afterAll(() => pki.remove());

/** Where the outside programs are packages; `npm test` installs them there. */
const LINUX = process.platform === "linux";

// SECLEVEL=0, as OpenSSL counts the short tag of CCM_8 as weak
const SUITES = [
  { suite: "ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", openssl: "ECDHE-ECDSA-AES128-GCM-SHA256@SECLEVEL=0" },
  { suite: "ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", openssl: "ECDHE-ECDSA-AES256-GCM-SHA384@SECLEVEL=0" },
  { suite: "ECDHE_ECDSA_WITH_AES_128_CCM_8", openssl: "ECDHE-ECDSA-AES128-CCM8@SECLEVEL=0" },
];

function connect(port: number): Promise<DtlsConnection> {
  return connectDtls({ host: "127.0.0.1", port, ca: pki.text("root.pem") });
}

type Listening = {
  readonly server: DtlsServer;
  readonly accepted: DtlsConnection[];
  /** The first handshake that was refused. */
  readonly refusal: Promise<StationError>;
};

async function listening(...names: readonly string[]): Promise<Listening> {
  const accepted: DtlsConnection[] = [];
  const refused: { resolve: (error: StationError) => void } = { resolve: () => undefined };
  const refusal = new Promise<StationError>((resolve) => (refused.resolve = resolve));
  const server = await listenDtls({
    ...identity(pki, ...names),
    port: 0,
    onConnection: (connection) => {
      accepted.push(connection);
      connection.onMessage((data) => connection.send(Buffer.from(`echo ${Buffer.from(data).toString()}`)));
    },
    onRefused: (error) => refused.resolve(error),
  });
  return { server, accepted, refusal };
}

function opensslClient(port: number, ...more: readonly string[]): OutsideProgram {
  const args = [
    "s_client",
    "-dtls1_2",
    "-connect",
    `127.0.0.1:${port}`,
    "-CAfile",
    "root.pem",
    "-verify_return_error",
    ...more,
  ];
  return new OutsideProgram("openssl", args, pki.folder);
}

describe.runIf(LINUX)("the server with openssl s_client", () => {
  it.each(SUITES)("speaks $suite and passes its checks", async ({ suite, openssl }) => {
    const { server, accepted } = await listening("leaf", "int");
    const client = opensslClient(server.address.port, "-cipher", openssl, "-verify_hostname", "localhost");
    await client.until(/Verify return code: 0 \(ok\)/);
    await client.until(/Extended master secret: yes/);
    client.type("hello station");
    await client.until(/echo hello station/);
    expect(accepted[0]?.facts).toMatchObject({ suite, resumed: false, connectionId: false });
    await client.stop();
    await server.close();
  });

  it("sends large certificates in pieces", async () => {
    const { server } = await listening("big", "int", "root");
    const client = opensslClient(server.address.port, "-verify_hostname", "host-77.a-very-long-name.example.test");
    await client.until(/Verify return code: 0 \(ok\)/);
    client.type("all together");
    await client.until(/echo all together/);
    expect(server.connections).toBe(1);
    await client.stop();
    await server.close();
  });

  it("takes a session up again", async () => {
    const { server, accepted } = await listening("leaf384", "int");
    const first = opensslClient(server.address.port, "-sess_out", "session.pem");
    await first.until(/Verify return code: 0 \(ok\)/);
    first.type("Q");
    await first.stop(false);
    const second = opensslClient(server.address.port, "-sess_in", "session.pem");
    await second.until(/Reused/);
    second.type("short way");
    await second.until(/echo short way/);
    expect(accepted.map(({ facts }) => facts.resumed)).toEqual([false, true]);
    await second.stop();
    await server.close();
  });

  it("does not renegotiate when it is asked to, and serves the next one", async () => {
    const { server, accepted } = await listening("leaf", "int");
    const client = opensslClient(server.address.port);
    await client.until(/Verify return code: 0 \(ok\)/);
    client.type("R");
    await client.until(/RENEGOTIATING[\s\S]*(?:no renegotiation|error)/i);
    await client.stop();
    const next = await connect(server.address.port);
    expect(accepted).toHaveLength(2);
    await next.close();
    await server.close();
  });

  it("hears why a client refuses it", async () => {
    const { server, refusal } = await listening("leaf", "int");
    const client = opensslClient(server.address.port, "-verify_hostname", "other.example");
    expect(await refusal).toMatchObject({ code: "dtls.peer-alert", facts: { alert: "bad_certificate" } });
    await client.stop();
    await server.close();
  });
});

describe.runIf(LINUX)("the server with gnutls-cli", () => {
  it("refuses it without the extended master secret", async () => {
    const { server, refusal } = await listening("leaf", "int");
    const priority = ["--priority", "NORMAL:%NO_SESSION_HASH"];
    const args = ["--udp", "-p", String(server.address.port), "--x509cafile", "root.pem", ...priority, "localhost"];
    const client = new OutsideProgram("gnutls-cli", args, pki.folder);
    expect(await refusal).toMatchObject({ code: "dtls.no-extended-master-secret" });
    await client.stop();
    await server.close();
  });

  it.each(["NORMAL", "NORMAL:-CIPHER-ALL:+AES-128-CCM-8", "NORMAL:-GROUP-ALL:+GROUP-SECP384R1:+GROUP-SECP256R1"])(
    "exchanges messages at %s",
    async (priority) => {
      const { server, accepted } = await listening("leaf", "int");
      const args = ["--udp", "-p", String(server.address.port), "--x509cafile", "root.pem", "--priority", priority];
      const client = new OutsideProgram("gnutls-cli", [...args, "localhost"], pki.folder);
      await client.until(/The certificate is trusted[\s\S]*Handshake was completed/);
      client.type("hello from gnutls");
      await client.until(/echo hello from gnutls/);
      expect(accepted).toHaveLength(1);
      await client.stop();
      await server.close();
    },
  );
});

describe("client and server over UDP", () => {
  it("say goodbye to each other, whoever closes", async () => {
    const { server, accepted } = await listening("leaf", "int");
    const first = await connect(server.address.port);
    const gone = new Promise((resolve) => accepted[0]?.onEnd(resolve));
    await first.close();
    expect(await gone).toBeUndefined();
    const second = await connect(server.address.port);
    const ended = new Promise((resolve) => second.onEnd(resolve));
    await server.close();
    expect(await ended).toBeUndefined();
  });

  it("find each other by name too", async () => {
    const { server } = await listening("leaf", "int");
    const connection = await connectDtls({ host: "localhost", port: server.address.port, ca: pki.text("root.pem") });
    expect(connection.peer.host).toBe("127.0.0.1");
    await connection.close();
    await server.close();
  });

  it("do not share a port", async () => {
    const { server } = await listening("leaf", "int");
    const second = listenDtls({ ...identity(pki, "leaf"), port: server.address.port, onConnection: () => undefined });
    expect(await failureOf(second)).toMatchObject({ code: "dtls.listen", facts: { port: server.address.port } });
    await server.close();
  });
});
