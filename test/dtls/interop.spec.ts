import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { realClock } from "../../src/core/real-clock.ts";
import type { StationError } from "../../src/core/error.ts";
import { connectDtls } from "../../src/dtls/connect-dtls.ts";
import type { DtlsConnection } from "../../src/dtls/dtls-connection.ts";
import type { DtlsServer } from "../../src/dtls/dtls-options.ts";
import { listenDtls } from "../../src/dtls/listen-dtls.ts";
import { SessionStore } from "../../src/dtls/session-store.ts";
import { CA, P384, smallPki, type TestPki } from "../fakes/dtls-pki.ts";
import { failureOf, identity } from "../fakes/dtls-rig.ts";
import { freeUdpPort, OutsideProgram } from "../fakes/outside-program.ts";

let pki: TestPki;

beforeAll(() => {
  pki = smallPki();
  pki.make("leaf384", { issuer: "int", key: P384, subject: "/CN=localhost" });
  pki.make("stranger", { subject: "/CN=Stranger", extensions: CA });
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

type Outside = { readonly program: OutsideProgram; readonly port: number };

async function opensslServer(leaf: string, ...more: readonly string[]): Promise<Outside> {
  const port = await freeUdpPort();
  const shown = ["-cert", `${leaf}.pem`, "-key", `${leaf}.key`, "-cert_chain", "int.pem"];
  const args = ["s_server", "-dtls1_2", "-listen", "-accept", `127.0.0.1:${port}`, ...shown, ...more];
  const program = new OutsideProgram("openssl", args, pki.folder);
  await program.until(/ACCEPT/);
  return { program, port };
}

async function gnutlsServer(...more: readonly string[]): Promise<Outside> {
  const port = await freeUdpPort();
  await writeFile(pki.path("chain.pem"), pki.chain("leaf", "int"));
  const shown = ["--x509certfile", "chain.pem", "--x509keyfile", "leaf.key"];
  const args = ["--udp", "--echo", "-p", String(port), ...shown, ...more];
  const program = new OutsideProgram("gnutls-serv", args, pki.folder);
  await program.until(/done/);
  return { program, port };
}

function connect(
  port: number,
  more: { readonly sessions?: SessionStore; readonly ca?: string } = {},
): Promise<DtlsConnection> {
  return connectDtls({ host: "127.0.0.1", port, ca: pki.text("root.pem"), ...more });
}

/** The next message. */
function message(connection: DtlsConnection): Promise<string> {
  return new Promise((resolve) => {
    connection.onMessage((data) => resolve(Buffer.from(data).toString()));
  });
}

describe.runIf(LINUX)("the client with openssl s_server", () => {
  it.each(SUITES)("speaks $suite both ways and says goodbye", async ({ suite, openssl }) => {
    const { program, port } = await opensslServer("leaf", "-cipher", openssl);
    const connection = await connect(port);
    expect(connection.facts).toMatchObject({ suite, resumed: false, connectionId: false });
    connection.send(Buffer.from("to openssl\n"));
    await program.until(/to openssl/);
    const answer = message(connection);
    program.type("from openssl");
    expect(await answer).toBe("from openssl\n");
    await connection.close();
    await program.until(/DONE|shut down SSL|CONNECTION CLOSED/);
    await program.stop();
  });

  it("takes a P-384 certificate and a P-384 exchange", async () => {
    const { program, port } = await opensslServer("leaf384", "-groups", "P-384");
    const connection = await connect(port);
    expect(connection.facts.suite).toMatch(/^ECDHE_ECDSA/);
    connection.send(Buffer.from("larger curve\n"));
    await program.until(/larger curve/);
    await connection.close();
    await program.stop();
  });

  it("refuses a server of another CA and tells it why", async () => {
    const { program, port } = await opensslServer("leaf");
    expect(await failureOf(connect(port, { ca: pki.text("stranger.pem") }))).toMatchObject({
      code: "dtls.certificate-untrusted",
    });
    await program.until(/unknown ca/);
    await program.stop();
  });

  it("answers a request for a client's certificate with none", async () => {
    const { program, port } = await opensslServer("leaf", "-verify", "1");
    const connection = await connect(port);
    expect(connection.facts.resumed).toBe(false);
    connection.send(Buffer.from("anonymous\n"));
    await program.until(/anonymous/);
    await connection.close();
    await program.stop();
  });

  it("says that nothing is shared when the server wants other suites only", async () => {
    const { program, port } = await opensslServer("leaf", "-cipher", "ECDHE-ECDSA-CHACHA20-POLY1305");
    expect(await failureOf(connect(port))).toMatchObject({
      code: "dtls.parameters",
      facts: { alert: "handshake_failure" },
    });
    await program.stop();
  });

  it("says that nothing listens where nothing listens", async () => {
    expect(await failureOf(connect(await freeUdpPort()))).toMatchObject({ code: "transport.refused" });
  });
});

describe.runIf(LINUX)("the client with gnutls-serv", () => {
  it("exchanges messages, and takes the session up again", async () => {
    const { program, port } = await gnutlsServer();
    const sessions = new SessionStore(realClock);
    for (const resumed of [false, true]) {
      const connection = await connect(port, { sessions });
      expect(connection.facts.resumed).toBe(resumed);
      const answer = message(connection);
      connection.send(Buffer.from("to gnutls\n"));
      expect(await answer).toBe("to gnutls\n");
      await connection.close();
    }
    await program.stop();
  });

  it("speaks AES-128-CCM-8", async () => {
    const { program, port } = await gnutlsServer("--priority", "NORMAL:-CIPHER-ALL:+AES-128-CCM-8");
    const connection = await connect(port);
    expect(connection.facts.suite).toBe("ECDHE_ECDSA_WITH_AES_128_CCM_8");
    const answer = message(connection);
    connection.send(Buffer.from("short tag\n"));
    expect(await answer).toBe("short tag\n");
    await connection.close();
    await program.stop();
  });
});

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
