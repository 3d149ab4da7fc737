import { describe, expect, it } from "vitest";
import { Secret } from "../../../src/core/secret.ts";
import { OwnerHttps } from "../../../src/transport/https/owner-https.ts";
import { httpsRig } from "./https-rig.ts";
import { tlsServer } from "./test-server.ts";

const rig = httpsRig();
const options = (base: string) => ({ ca: rig.ca.pem, base, key: new Secret("the-key"), userAgent: "station/1" });

describe("the owner's API over HTTPS", () => {
  it("puts base, key and agent in front of a call, and hands out Retry-After", async () => {
    const seen: string[] = [];
    const { port } = await rig.started(
      tlsServer(rig.good, (socket, request) => {
        seen.push(request.toString());
        socket.end("HTTP/1.1 429 Too Many Requests\r\nRetry-After: 12\r\nContent-Length: 2\r\n\r\n{}");
      }),
    );
    const api = new OwnerHttps(options(`https://localhost:${port}/v1/`));
    const answer = await api.exchange({
      ...{ method: "POST" as const, path: "claimed-devices?dryrun=true" },
      headers: [["Content-Type", "application/json"]],
      body: new Secret('{"claimToken":"ä"}'),
    });
    expect(answer).toEqual({ status: 429, retryAfter: "12", body: new TextEncoder().encode("{}") });
    expect(seen).toEqual([
      [
        ...["POST /v1/claimed-devices?dryrun=true HTTP/1.1", `Host: localhost:${port}`],
        ...["Authorization: Bearer the-key", "User-Agent: station/1", "Content-Type: application/json"],
        ...["Connection: close", "Content-Length: 19", "", '{"claimToken":"ä"}'],
      ].join("\r\n"),
    ]);
  });

  it("sends no body and no length with a call without one", async () => {
    const seen: string[] = [];
    const { port } = await rig.started(
      tlsServer(rig.good, (socket, request) => {
        seen.push(request.toString());
        socket.end("HTTP/1.1 204 No Content\r\n\r\n");
      }),
    );
    const api = new OwnerHttps(options(`https://localhost:${port}`));
    const answer = await api.exchange({ method: "DELETE", path: "claimed-devices/x", headers: [] });
    expect(answer.status).toBe(204);
    expect(seen.join()).toMatch(/^DELETE \/claimed-devices\/x HTTP\/1.1\r\n/);
    expect(seen.join()).not.toMatch(/content-length|transfer-encoding/i);
  });

  it.each(["http://localhost/v1", "https://user:pw@localhost/", "localhost"])("refuses the base %s", (base) => {
    expect(() => new OwnerHttps(options(base))).toThrow(expect.objectContaining({ code: "transport.bad-request" }));
  });
});
