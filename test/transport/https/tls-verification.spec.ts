import { describe, expect, it } from "vitest";
import { seconds } from "../../../src/core/duration.ts";
import type { StationError } from "../../../src/core/error.ts";
import { VirtualClock } from "../../../src/core/virtual-clock.ts";
import { type HttpsRequest } from "../../../src/transport/https/https-message.ts";
import { failureOf, get, httpsRig, OK } from "./https-rig.ts";
import { selfSigned, TestAuthority, tomorrow, yesterday, type Identity } from "./test-authority.ts";
import { rawServer, tlsServer } from "./test-server.ts";

const rig = httpsRig();

describe("a certificate that does not hold", () => {
  const refusedAs = async (identity: Identity, more: Partial<HttpsRequest> = {}): Promise<StationError> => {
    const { port } = await rig.started(tlsServer(identity, (socket) => socket.end(OK)));
    return failureOf(rig.client().exchange(get(port, more)));
  };

  it("of another CA is refused as tls-untrusted", async () => {
    const other = new TestAuthority("another CA");
    const error = await refusedAs(other.issue());
    expect(error).toMatchObject({ code: "transport.tls-untrusted", facts: { host: "localhost", step: "TLS" } });
  });

  it("of another CA of the same name is refused as tls-untrusted", async () => {
    const other = new TestAuthority("the right CA");
    expect(await refusedAs(other.issue())).toMatchObject({ code: "transport.tls-untrusted" });
  });

  it("signed by itself is refused as tls-untrusted", async () => {
    expect(await refusedAs(selfSigned())).toMatchObject({ code: "transport.tls-untrusted" });
  });

  it("for another host is refused as tls-host", async () => {
    const identity = rig.ca.issue({ hosts: ["other.example"] });
    expect(await refusedAs(identity)).toMatchObject({ code: "transport.tls-host" });
  });

  it("for a name does not hold for the address", async () => {
    const identity = rig.ca.issue({ hosts: ["localhost"] });
    expect(await refusedAs(identity, { host: "127.0.0.1" })).toMatchObject({ code: "transport.tls-host" });
  });

  it("that expired is refused as tls-expired", async () => {
    const identity = rig.ca.issue({ notBefore: 0, notAfter: yesterday() });
    expect(await refusedAs(identity)).toMatchObject({ code: "transport.tls-expired" });
  });

  it("of tomorrow is refused as tls-not-yet-valid", async () => {
    const identity = rig.ca.issue({ notBefore: tomorrow(), notAfter: Date.now() + 9e9 });
    expect(await refusedAs(identity)).toMatchObject({ code: "transport.tls-not-yet-valid" });
  });

  it("is refused although the environment switches verification off", async () => {
    const before = process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
    process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0";
    try {
      expect(await refusedAs(selfSigned())).toMatchObject({ code: "transport.tls-untrusted" });
    } finally {
      if (before === undefined) delete process.env["NODE_TLS_REJECT_UNAUTHORIZED"];
      else process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = before;
    }
  });

  it("sends no byte of the request to a server that is not trusted", async () => {
    const requests: Buffer[] = [];
    const { port } = await rig.started(tlsServer(selfSigned(), (_socket, request) => requests.push(request)));
    await failureOf(rig.client().exchange(get(port)));
    expect(requests).toEqual([]);
  });
});

describe("a handshake that fails", () => {
  it.each(["TLSv1", "TLSv1.1"] as const)("with a server of %s alone is tls-protocol", async (version) => {
    const old = { minVersion: version, maxVersion: version, ciphers: "DEFAULT@SECLEVEL=0" } as const;
    const { port } = await rig.started(tlsServer(rig.good, (socket) => socket.end(OK), old));
    expect(await failureOf(rig.client().exchange(get(port)))).toMatchObject({ code: "transport.tls-protocol" });
  });

  it("with a server that speaks plain HTTP is tls-failed", async () => {
    const { port } = await rig.started(rawServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")));
    expect(await failureOf(rig.client().exchange(get(port)))).toMatchObject({ code: "transport.tls-failed" });
  });

  it("with a server that hangs up is tls-failed", async () => {
    const { port } = await rig.started(rawServer((socket) => socket.on("data", () => socket.end())));
    expect(await failureOf(rig.client().exchange(get(port)))).toMatchObject({ code: "transport.tls-failed" });
  });

  it("with a server that resets is tls-failed", async () => {
    const { port } = await rig.started(rawServer((socket) => socket.on("data", () => socket.resetAndDestroy())));
    expect(await failureOf(rig.client().exchange(get(port)))).toMatchObject({ code: "transport.tls-failed" });
  });

  it("with a silent server ends at the connect limit, naming the step", async () => {
    const clock = new VirtualClock();
    const { port } = await rig.started(rawServer((socket) => socket.on("data", () => void clock.advance(seconds(30)))));
    expect(await failureOf(rig.client({ clock }).exchange(get(port)))).toMatchObject({
      code: "transport.timeout",
      facts: { host: "localhost", port, step: "TLS", limit: { value: 30_000, unit: "ms" } },
    });
  });
});
