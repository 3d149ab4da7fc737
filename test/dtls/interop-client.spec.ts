import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { realClock } from "../../src/core/real-clock.ts";
import { connectDtls } from "../../src/dtls/connect-dtls.ts";
import type { DtlsConnection } from "../../src/dtls/dtls-connection.ts";
import { SessionStore } from "../../src/dtls/session-store.ts";
import { CA, LEAF, P384, smallPki, type TestPki } from "../fakes/dtls-pki.ts";
import { failureOf } from "../fakes/dtls-rig.ts";
import { freeUdpPort, OutsideProgram } from "../fakes/outside-program.ts";

let pki: TestPki;

beforeAll(() => {
  pki = smallPki();
  pki.make("leaf384", { issuer: "int", key: P384, subject: "/CN=localhost" });
  const names = Array.from({ length: 200 }, (_, index) => `DNS:host-${index}.a-very-long-name.example.test`);
  const many = [...LEAF.slice(0, 3), `subjectAltName=DNS:localhost,IP:127.0.0.1,${names.join(",")}`];
  pki.make("big", { issuer: "int", subject: "/CN=localhost", extensions: many });
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

  it("puts large certificates together", async () => {
    const { program, port } = await opensslServer("big", "-mtu", "500");
    const connection = await connect(port);
    expect(connection.facts.peerFingerprint).toMatch(/^[0-9a-f]{64}$/);
    connection.send(Buffer.from("many pieces\n"));
    await program.until(/many pieces/);
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
