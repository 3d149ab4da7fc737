import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ServiceTestSchema } from "../../src/contract/service-test.ts";
import { milliseconds } from "../../src/core/duration.ts";
import { StationError } from "../../src/core/error.ts";
import { Secret } from "../../src/core/secret.ts";
import { httpsRig } from "../transport/https/https-rig.ts";
import { TestAuthority, tomorrow, yesterday, type Identity } from "../transport/https/test-authority.ts";
import { rawServer, tlsServer } from "../transport/https/test-server.ts";
import { embedded, KEY, profileAt, tested, walk } from "./probe-rig.ts";

const rig = httpsRig();
const http = (status: string, body = "", more = ""): string =>
  `HTTP/1.1 ${status}\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;
const REFUSED = http("401 Unauthorized");
const RULES = http("200 OK", `{"items":[]}`);
const GOOD = "name passed, connect passed, tls passed, answer passed";

/** The device side's walk against a server with this certificate. */
async function against(identity: Identity, answer = REFUSED, more: object = {}) {
  const { port } = await rig.started(tlsServer(identity, (socket) => socket.end(answer, "latin1")));
  return tested({ profile: profileAt({ https: port }, rig.ca.pem, more) });
}

/** The owner's walk against a server that answers so. */
async function ownerAgainst(answer: string) {
  const device = await rig.answering(REFUSED);
  const owner = await rig.answering(answer);
  const profile = profileAt({ https: device.port, owner: owner.port }, rig.ca.pem);
  return tested({ profile, ownerKey: KEY });
}

describe("the embedded service", () => {
  let dir: string;
  let running: Awaited<ReturnType<typeof embedded>>;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), "station-probe-"));
    running = await embedded(dir);
  });

  afterAll(async () => {
    await running.service.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it("passes every step of both sides, with whose certificate it is and how long each took", async () => {
    const { test, changes } = await tested({ profile: running.profile, ownerKey: running.service.ownerKey });
    expect(test.state).toBe("passed");
    expect(walk(test)).toBe(GOOD);
    expect(walk(test, "owner")).toBe(`${GOOD}, key passed`);
    const tls = test.sides[0]?.steps.find(({ step }) => step === "tls");
    expect(tls?.facts).toMatchObject({
      protocol: "TLSv1.3",
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
    for (const step of test.sides.flatMap(({ steps }) => steps)) expect(step.elapsedMs).toBeGreaterThanOrEqual(0);
    for (const change of changes) expect(ServiceTestSchema.parse(change)).toEqual(change);
    expect(changes.map((change) => walk(change))).toContain("name passed, connect passed, tls running, answer waiting");
  });

  it("fails at the key when it is not one of the service's, or is missing", async () => {
    const wrong = await tested({ profile: running.profile, ownerKey: new Secret("not-a-key") });
    expect(walk(wrong.test, "owner")).toBe(`${GOOD}, key failed cloud.key-refused`);
    const none = await tested({ profile: running.profile });
    expect(walk(none.test, "owner")).toBe(`${GOOD}, key failed cloud.key-missing`);
    expect(none.test.state).toBe("failed");
  });

  it("fails at the answer when the two sides are exchanged", async () => {
    const { httpsPort, ownerPort, ownerKey } = running.service;
    const profile = profileAt({ https: ownerPort, owner: httpsPort }, running.ca);
    const { test } = await tested({ profile, ownerKey });
    expect(walk(test, "owner")).toContain("answer failed probe.not-owner, key not-reached");
  });
});

describe("a way that ends early", () => {
  it("fails at the name when there is no such host", async () => {
    const profile = profileAt({ https: 443 }, rig.ca.pem, {
      https: { host: "no-such-host.invalid", port: 443, ca: rig.ca.pem },
    });
    const { test } = await tested({ profile });
    expect(walk(test)).toBe(
      "name failed transport.name-lookup, connect not-reached, tls not-reached, answer not-reached",
    );
  });

  it("fails at the connection when nothing listens", async () => {
    const gone = await rawServer(() => undefined);
    await gone.close();
    const { port } = gone;
    const { test } = await tested({ profile: profileAt({ https: port }, rig.ca.pem) });
    expect(walk(test)).toBe("name passed, connect failed transport.refused, tls not-reached, answer not-reached");
    expect(test.sides[0]?.steps[1]?.error?.facts).toMatchObject({ host: "localhost", port });
  });

  it("has no name step for an address", async () => {
    const { test } = await against(rig.good, REFUSED, {});
    const { port } = await rig.answering(REFUSED);
    const profile = profileAt({ https: port }, rig.ca.pem, { https: { host: "127.0.0.1", port, ca: rig.ca.pem } });
    expect(walk(test)).toBe(GOOD);
    expect(walk((await tested({ profile })).test)).toBe("connect passed, tls passed, answer passed");
  });

  it.each([
    ["transport.tls-untrusted", () => new TestAuthority("another CA").issue()],
    ["transport.tls-host", () => rig.ca.issue({ hosts: ["other.example"] })],
    ["transport.tls-expired", () => rig.ca.issue({ notBefore: 0, notAfter: yesterday() })],
    ["transport.tls-not-yet-valid", () => rig.ca.issue({ notBefore: tomorrow(), notAfter: Date.now() + 9e9 })],
  ])("fails at the certificate as %s", async (code, identity) => {
    const { test } = await against(identity());
    expect(walk(test)).toBe(`name passed, connect passed, tls failed ${code}, answer not-reached`);
  });

  it("fails at the certificate when the port speaks no TLS", async () => {
    const { port } = await rig.started(rawServer((socket) => socket.end("SSH-2.0-OpenSSH_9.6\r\n")));
    const { test } = await tested({ profile: profileAt({ https: port }, rig.ca.pem) });
    expect(walk(test)).toMatch(/^name passed, connect passed, tls failed transport\.tls-/);
  });

  it("fails at the certificate by its limit when the port is silent", async () => {
    const { port } = await rig.started(rawServer(() => undefined));
    const { test } = await tested(
      { profile: profileAt({ https: port }, rig.ca.pem) },
      { stepLimit: milliseconds(150) },
    );
    expect(walk(test)).toBe("name passed, connect passed, tls failed transport.timeout, answer not-reached");
  });

  it("fails at the answer by its limit when the service is silent", async () => {
    const { port } = await rig.started(tlsServer(rig.good, () => undefined));
    const { test } = await tested(
      { profile: profileAt({ https: port }, rig.ca.pem) },
      { stepLimit: milliseconds(300) },
    );
    expect(walk(test)).toBe("name passed, connect passed, tls passed, answer failed transport.timeout");
  });

  it("says of a profile without the endpoint of its transport that it is missing, and still tests the owner side", async () => {
    const { port } = await rig.answering(RULES);
    const complete = profileAt({ https: 1, owner: port }, rig.ca.pem, {
      ...{ transport: "coaps", coaps: { host: "coap.example", ca: rig.ca.pem } },
    });
    const { coaps: _coaps, https: _https, ...profile } = complete;
    const ca = rig.ca.pem;
    const owner = { base: `https://localhost:${port}/v1`, ca };
    const { test } = await tested({ profile: { ...profile, owner }, ownerKey: KEY });
    expect(walk(test)).toBe("transport failed run.transport-missing, answer not-reached");
    expect(walk(test, "owner")).toBe(`${GOOD}, key passed`);
  });

  it("is cancelled in the step it is in; the other side is not tried", async () => {
    const silent = await rig.started(tlsServer(rig.good, () => undefined));
    const { port: owner } = await rig.answering(RULES);
    const controller = new AbortController();
    const { test } = await tested(
      { profile: profileAt({ https: silent.port, owner }, rig.ca.pem), ownerKey: KEY },
      {
        signal: controller.signal,
        onChange: (change) => {
          if (walk(change).endsWith("answer running"))
            controller.abort(new StationError("desktop.cancelled", "enough"));
        },
      },
    );
    expect(test.state).toBe("cancelled");
    expect(walk(test)).toBe("name passed, connect passed, tls passed, answer cancelled");
    expect(walk(test, "owner")).toMatch(/^name not-reached/);
  });
});

describe("the device side's answer", () => {
  it.each([
    ["404 Not Found", "probe.not-service"],
    ["200 OK", "probe.not-service"],
    ["302 Found", "probe.not-service"],
    ["500 Internal Server Error", "cloud.unavailable"],
    ["503 Service Unavailable", "cloud.unavailable"],
    ["429 Too Many Requests", "cloud.too-many-requests"],
  ])("%s fails as %s", async (status, code) => {
    const { test } = await against(rig.good, http(status));
    expect(walk(test)).toBe(`name passed, connect passed, tls passed, answer failed ${code}`);
  });

  it.each(["400 Bad Request", "401 Unauthorized", "403 Forbidden"])("%s passes: a token is wanted", async (status) => {
    const { test } = await against(rig.good, http(status));
    expect(walk(test)).toBe(GOOD);
  });

  it("that is not HTTP fails as transport.malformed", async () => {
    const { test } = await against(rig.good, "220 mail.example ESMTP\r\n");
    expect(walk(test)).toBe("name passed, connect passed, tls passed, answer failed transport.malformed");
  });
});

describe("the owner's key", () => {
  it.each([
    ["401 Unauthorized", "cloud.key-refused"],
    ["403 Forbidden", "cloud.role-refused"],
  ])("is refused by %s, with the service's message", async (status, code) => {
    const { test } = await ownerAgainst(http(status, `{"message":"no such key"}`));
    expect(walk(test, "owner")).toBe(`${GOOD}, key failed ${code}`);
    const key = test.sides[1]?.steps.at(-1);
    expect(key?.error?.facts).toMatchObject({ message: "no such key" });
  });

  it("is nowhere in what is told, also when the service quotes it", async () => {
    const { test, changes } = await ownerAgainst(http("403 Forbidden", `{"message":"key ${KEY.reveal()} is bad"}`));
    expect(JSON.stringify([test, ...changes])).not.toContain(KEY.reveal());
    expect(test.sides[1]?.steps.at(-1)?.error?.facts["message"]).toBe("key [secret] is bad");
  });

  it.each([
    ["a page in place of the list", http("200 OK", "<html>")],
    ["another path", http("404 Not Found")],
  ])("is not judged by %s", async (_what, answer) => {
    const { test } = await ownerAgainst(answer);
    expect(walk(test, "owner")).toContain("answer failed probe.not-owner, key not-reached");
  });

  it("is not judged by a service that cannot answer", async () => {
    const { test } = await ownerAgainst(http("502 Bad Gateway"));
    expect(walk(test, "owner")).toContain("answer failed cloud.unavailable, key not-reached");
  });

  it("passes however long the list is", async () => {
    const long = http("200 OK", `{"items":["${"x".repeat(300_000)}"]}`);
    expect(walk((await ownerAgainst(long)).test, "owner")).toBe(`${GOOD}, key passed`);
  });
});

describe("through a proxy", () => {
  const proxied = async (reply: string, more: object = {}) => {
    const proxy = await rig.started(
      rawServer((socket) => {
        socket.once("data", (chunk: Buffer) => {
          socket.write(reply);
          const far = connect(Number(/:(\d+) HTTP/.exec(chunk.toString())?.[1]), "127.0.0.1");
          far.on("error", () => socket.destroy());
          if (reply.includes(" 200 ")) socket.pipe(far).pipe(socket);
        });
      }),
    );
    const { port } = await rig.answering(REFUSED);
    const address = `http://127.0.0.1:${proxy.port}`;
    return { ...(await tested({ profile: profileAt({ https: port }, rig.ca.pem, more), proxy: address })), proxy };
  };

  it("the proxy is a step of its own in place of name and connection", async () => {
    const { test, proxy } = await proxied("HTTP/1.1 200 Connection established\r\n\r\n");
    expect(walk(test)).toBe("proxy passed, tls passed, answer passed");
    expect(test.sides[0]?.proxy).toBe(`127.0.0.1:${proxy.port}`);
  });

  it.each([
    ["407 Proxy Authentication Required", "transport.proxy-auth"],
    ["403 Forbidden", "transport.proxy-refused"],
  ])("%s fails as %s", async (status, code) => {
    const { test } = await proxied(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`);
    expect(walk(test)).toBe(`proxy failed ${code}, tls not-reached, answer not-reached`);
  });

  it("an address that is none fails at the proxy, without a word of it", async () => {
    const { port } = await rig.answering(REFUSED);
    const { test } = await tested({ profile: profileAt({ https: port }, rig.ca.pem), proxy: "socks5://u:pa55@x" });
    expect(walk(test)).toBe("proxy failed transport.proxy-invalid, tls not-reached, answer not-reached");
    expect(JSON.stringify(test)).not.toContain("pa55");
  });
});
