import { describe, expect, it } from "vitest";
import type { StationError } from "../../../src/core/error.ts";
import { HttpsClient, type HttpsClientOptions } from "../../../src/transport/https/https-client.ts";
import { headerOf } from "../../../src/transport/https/https-message.ts";
import { HttpsTransport } from "../../../src/transport/https/https-transport.ts";
import { failureOf, get, httpsRig, OK } from "./https-rig.ts";
import { rawServer, tlsOverRaw, tlsServer } from "./test-server.ts";

const rig = httpsRig();

describe("an exchange that succeeds", () => {
  it("gives status, headers and body", async () => {
    const { port } = await rig.answering(OK);
    const answer = await rig.client().exchange(get(port));
    expect(answer.status).toBe(200);
    expect(Buffer.from(answer.body).toString()).toBe("hi");
    expect(headerOf(answer, "retry-after")).toBe("7");
  });

  it.each(["localhost", "127.0.0.1"])("verifies the name or address that was asked for: %s", async (host) => {
    const { port } = await rig.answering(OK);
    expect((await rig.client().exchange(get(port, { host }))).status).toBe(200);
  });

  it("accepts TLS 1.2 alone", async () => {
    const { port } = await rig.started(tlsServer(rig.good, (socket) => socket.end(OK), { maxVersion: "TLSv1.2" }));
    expect((await rig.client().exchange(get(port))).status).toBe(200);
  });

  it("reads a chunked answer", async () => {
    const { port } = await rig.answering(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
    );
    expect(Buffer.from((await rig.client().exchange(get(port))).body).toString()).toBe("abcde");
  });

  it("reads an answer that ends with the connection", async () => {
    const { port } = await rig.answering("HTTP/1.1 200 OK\r\n\r\nabc");
    expect(Buffer.from((await rig.client().exchange(get(port))).body).toString()).toBe("abc");
  });

  it("reads an answer that comes byte by byte", async () => {
    const { port } = await rig.started(
      tlsServer(rig.good, (socket) => {
        for (const byte of OK) socket.write(byte);
        socket.end();
      }),
    );
    expect((await rig.client().exchange(get(port))).status).toBe(200);
  });

  it("does not follow a redirect", async () => {
    const { port } = await rig.answering(
      "HTTP/1.1 302 Found\r\nLocation: https://other.example/\r\nContent-Length: 0\r\n\r\n",
    );
    expect((await rig.client().exchange(get(port))).status).toBe(302);
  });

  it("takes an early answer to a request that is still being sent", async () => {
    const { port } = await rig.started(
      tlsOverRaw(rig.good, (socket) => socket.end("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")),
    );
    const answer = await rig.client().exchange(get(port, { method: "POST", body: new Uint8Array(10) }));
    expect(answer.status).toBe(413);
  });
});

describe("a way that is not there", () => {
  it("is refused where nothing listens", async () => {
    const server = await rawServer(() => undefined);
    await server.close();
    const { port } = server;
    expect(await failureOf(rig.client().exchange(get(port, { host: "127.0.0.1" })))).toMatchObject({
      code: "transport.refused",
      facts: { host: "127.0.0.1", port, step: "connect" },
    });
  });

  it("is bad-request where the port is none", async () => {
    expect(await failureOf(rig.client().exchange(get(70_000)))).toMatchObject({ code: "transport.bad-request" });
  });
});

describe("an answer that does not hold", () => {
  const cut = async (text: string, options: Partial<HttpsClientOptions> = {}): Promise<StationError> => {
    const { port } = await rig.answering(text);
    return failureOf(rig.client(options).exchange(get(port)));
  };

  it("that ends early is truncated, with both lengths", async () => {
    expect(await cut("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")).toMatchObject({
      code: "transport.truncated",
      facts: { received: { value: 3, unit: "bytes" }, announced: { value: 10, unit: "bytes" } },
    });
  });

  it("that ends within a chunk is truncated", async () => {
    expect(await cut("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc")).toMatchObject({
      code: "transport.truncated",
    });
  });

  it("that never came is closed", async () => {
    expect(await cut("")).toMatchObject({ code: "transport.closed" });
  });

  it("that is cut by a reset is reset", async () => {
    const { port } = await rig.started(tlsOverRaw(rig.good, (_secure, plain) => plain.resetAndDestroy()));
    expect(await failureOf(rig.client().exchange(get(port)))).toMatchObject({ code: "transport.reset" });
  });

  it("that is cut by a reset in its body is truncated", async () => {
    const { port } = await rig.started(
      tlsOverRaw(rig.good, (secure, plain) => {
        secure.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", () => plain.resetAndDestroy());
      }),
    );
    expect(["transport.truncated", "transport.reset"]).toContain(
      (await failureOf(rig.client().exchange(get(port)))).code,
    );
  });

  it.each(["\0\x01\x02garbage\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "HTTP/9.9 2000 what\r\n\r\n"])(
    "that is not HTTP (%j) is malformed",
    async (text) => {
      expect(await cut(text)).toMatchObject({ code: "transport.malformed" });
    },
  );

  it("with two different lengths is malformed", async () => {
    expect(await cut("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab")).toMatchObject({
      code: "transport.malformed",
    });
  });

  it("that is compressed is malformed", async () => {
    expect(await cut("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx")).toMatchObject({
      code: "transport.malformed",
    });
  });

  it("that changes the protocol is malformed", async () => {
    expect(
      await cut("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"),
    ).toMatchObject({ code: "transport.malformed" });
  });

  it("with an endless head is too large", async () => {
    expect(await cut(`HTTP/1.1 200 OK\r\nX: ${"x".repeat(100_000)}\r\n\r\n`)).toMatchObject({
      code: "transport.too-large",
    });
  });

  it("whose head and body reach the limit is too large, and one byte less is not", async () => {
    const text = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";
    expect(await cut(text, { limits: { answerBytes: text.length } })).toMatchObject({
      code: "transport.too-large",
      facts: { limit: { value: text.length, unit: "bytes" } },
    });
    const { port } = await rig.answering(text);
    const fits = rig.client({ limits: { answerBytes: text.length + 1 } });
    expect((await fits.exchange(get(port))).status).toBe(200);
  });

  it("of another status than 200 may be large for the provisioning transport: its body is cut", async () => {
    const { port } = await rig.answering(`HTTP/1.1 500 Error\r\nContent-Length: 50000\r\n\r\n${"x".repeat(50_000)}`);
    const transport = new HttpsTransport({ ca: rig.ca.pem, limits: { answerBytes: 2304 } });
    const request = { ...get(port), method: "GET" as const };
    expect((await transport.exchange(request)).status).toBe(500);
  });
});

describe("a request that cannot be written", () => {
  it.each([
    { path: "/v1/x?after=a b" },
    { path: "/v1/x?after=a\r\nX: y" },
    { headers: [["X-Y", "a\r\nZ: b"]] as const },
    { headers: [["X Y", "a"]] as const },
  ])("is bad-request, not split: %j", async (more) => {
    const { port } = await rig.answering(OK);
    expect(await failureOf(rig.client().exchange(get(port, more)))).toMatchObject({ code: "transport.bad-request" });
  });
});

describe("a CA text", () => {
  it.each([
    ["", "no certificate"],
    ["-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "broken"],
    ["x".repeat(70_000), "too long"],
  ])("that is none is refused as bad-ca", (ca) => {
    expect(() => new HttpsClient({ ca })).toThrow(expect.objectContaining({ code: "transport.bad-ca" }));
  });
});
