import { connect, type Socket } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { seconds } from "../../../src/core/duration.ts";
import { describeError, reportOf } from "../../../src/core/error.ts";
import { VirtualClock } from "../../../src/core/virtual-clock.ts";
import { chooseProxy, environmentProxy, parseProxy } from "../../../src/transport/https/proxy-address.ts";
import { failureOf, get, httpsRig, OK } from "./https-rig.ts";
import { rawServer, tlsServer, type TestServer } from "./test-server.ts";

const rig = httpsRig();
const PASSWORD = "pr0xy-pa55word";

/** A proxy that answers each CONNECT with `text`, then joins the two sides where `text` says 200. */
async function proxyAnswering(text: string): Promise<{ readonly server: TestServer; readonly heads: string[] }> {
  const heads: string[] = [];
  const server = await rig.started(
    rawServer((socket) => {
      socket.once("data", (chunk: Buffer) => {
        const head = chunk.toString("latin1");
        heads.push(head);
        socket.write(text);
        if (text.includes(" 200 ")) join(socket, Number(/:(\d+) HTTP/.exec(head)?.[1]));
        else socket.end();
      });
    }),
  );
  return { server, heads };
}

function join(socket: Socket, port: number): void {
  const far = connect(port, "127.0.0.1");
  far.on("error", () => socket.destroy());
  socket.pipe(far).pipe(socket);
}

function errorOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}

const through = (port: number, credentials = "") => parseProxy(`http://${credentials}127.0.0.1:${port}`);

describe("a request through a proxy", () => {
  it("reaches the service by CONNECT, and verifies the service's certificate", async () => {
    const { port } = await rig.answering(OK);
    const { server, heads } = await proxyAnswering("HTTP/1.1 200 Connection established\r\n\r\n");
    const answer = await rig.client({ proxy: through(server.port) }).exchange(get(port));
    expect(answer.status).toBe(200);
    expect(heads).toEqual([
      expect.stringMatching(`^CONNECT localhost:${port} HTTP/1.1\r\nHost: localhost:${port}\r\n`),
    ]);
    expect(heads.join()).not.toContain("Authorization");
  });

  it("does not trust a service's certificate more than without", async () => {
    const other = rig.ca.issue({ hosts: ["other.example"] });
    const { port } = await rig.started(tlsServer(other, (socket) => socket.end(OK)));
    const { server } = await proxyAnswering("HTTP/1.1 200 OK\r\n\r\n");
    const error = await failureOf(rig.client({ proxy: through(server.port) }).exchange(get(port)));
    expect(error).toMatchObject({ code: "transport.tls-host", facts: { host: "localhost", port } });
  });

  it("gives user and password to the proxy alone", async () => {
    const { port } = await rig.answering(OK);
    const { server, heads } = await proxyAnswering("HTTP/1.1 200 OK\r\n\r\n");
    await rig.client({ proxy: through(server.port, `me%40work:${PASSWORD}@`) }).exchange(get(port));
    const expected = Buffer.from(`me@work:${PASSWORD}`).toString("base64");
    expect(heads[0]).toContain(`Proxy-Authorization: Basic ${expected}\r\n`);
  });

  it.each([
    ["HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "transport.proxy-auth", { status: 407 }],
    ["HTTP/1.1 403 Forbidden\r\n\r\n", "transport.proxy-refused", { status: 403 }],
    ["HTTP/1.1 502 Bad Gateway\r\nContent-Length: 3\r\n\r\nbad", "transport.proxy-refused", { status: 502 }],
    ["garbage\r\n\r\n", "transport.proxy-unreachable", {}],
    ["", "transport.proxy-unreachable", {}],
  ])("takes the proxy's %j as %s", async (text, code, facts) => {
    const { server } = await proxyAnswering(text);
    const error = await failureOf(
      rig.client({ proxy: through(server.port, `me:${PASSWORD}@`) }).exchange(get(443, { host: "service.example" })),
    );
    expect(error).toMatchObject({
      code,
      facts: { host: "service.example", port: 443, proxy: "127.0.0.1", proxyPort: server.port, ...facts },
    });
    expect(describeError(error) + JSON.stringify(reportOf(error))).not.toContain(PASSWORD);
  });

  it("never takes a proxy's 204 for the service's answer", async () => {
    const { server } = await proxyAnswering("HTTP/1.1 204 No Content\r\n\r\n");
    const error = await failureOf(rig.client({ proxy: through(server.port) }).exchange(get(443)));
    expect(error.code).toMatch(/^transport\.tls-failed$/);
  });

  it("is proxy-unreachable where nothing listens", async () => {
    const server = await rawServer(() => undefined);
    await server.close();
    const error = await failureOf(rig.client({ proxy: through(server.port) }).exchange(get(443)));
    expect(error).toMatchObject({ code: "transport.proxy-unreachable", cause: { code: "transport.refused" } });
  });

  it("ends at the connect limit where the proxy is silent, naming the step", async () => {
    const clock = new VirtualClock();
    const server = await rig.started(rawServer((socket) => socket.on("data", () => void clock.advance(seconds(30)))));
    const error = await failureOf(rig.client({ clock, proxy: through(server.port) }).exchange(get(443)));
    expect(error).toMatchObject({ code: "transport.timeout", facts: { step: "proxy", proxyPort: server.port } });
  });
});

describe("a proxy address", () => {
  it.each([
    ["http://proxy.example", { protocol: "http:", host: "proxy.example", port: 80 }],
    ["https://proxy.example", { protocol: "https:", host: "proxy.example", port: 443 }],
    ["http://[::1]:3128", { protocol: "http:", host: "::1", port: 3128 }],
  ])("%s is read", (text, expected) => {
    expect(parseProxy(text)).toEqual(expected);
  });

  it.each(["proxy.example:3128", "socks5://proxy.example", "http://", `http://a%zz:${PASSWORD}@proxy.example`])(
    "%s is refused without quoting it",
    (text) => {
      const error = errorOf(() => parseProxy(text));
      expect(error).toMatchObject({ code: "transport.proxy-invalid" });
      expect(describeError(error) + JSON.stringify(reportOf(error))).not.toContain(PASSWORD);
    },
  );

  it("of the profile wins over the environment's", () => {
    expect(chooseProxy("http://a.example:1", "http://u:p@b.example:1")).toMatchObject({ host: "a.example" });
    expect(chooseProxy(undefined, "http://b.example:1")).toMatchObject({ host: "b.example" });
    expect(chooseProxy(undefined, undefined)).toBeUndefined();
  });

  it("of the profile takes the environment's credentials where both name the same proxy", () => {
    const chosen = chooseProxy("http://a.example:1", "http://u:p@a.example:1");
    expect(chosen?.credentials?.reveal()).toBe("u:p");
    expect(chooseProxy("http://a.example:1", "http://u:p@a.example:2")?.credentials).toBeUndefined();
  });
});

describe("the environment's proxy", () => {
  const NAMES = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"];
  const before = new Map<string, string | undefined>();
  beforeEach(() => {
    for (const name of NAMES) {
      before.set(name, process.env[name]);
      Reflect.deleteProperty(process.env, name);
    }
  });
  afterEach(() => {
    for (const [name, value] of before)
      if (value === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = value;
  });

  it("is none where no variable is set", () => {
    expect(environmentProxy("https://service.example/")).toBeUndefined();
  });

  it("is that of HTTPS_PROXY, but not for hosts of NO_PROXY", () => {
    process.env["HTTPS_PROXY"] = "http://proxy.example:3128";
    process.env["NO_PROXY"] = "intern.example,.lan";
    expect(environmentProxy("https://service.example/")).toBe("http://proxy.example:3128");
    expect(environmentProxy("https://intern.example/")).toBeUndefined();
    expect(environmentProxy("https://box.lan:8443/")).toBeUndefined();
  });

  it.each(["https://localhost:8443/", "https://127.0.0.1/", "https://[::1]:1/"])("is never used for %s", (url) => {
    process.env["HTTPS_PROXY"] = "http://proxy.example:3128";
    expect(environmentProxy(url)).toBeUndefined();
  });
});
