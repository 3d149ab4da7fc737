import { afterEach, expect } from "vitest";
import { StationError } from "../../../src/core/error.ts";
import { HttpsClient, type HttpsClientOptions } from "../../../src/transport/https/https-client.ts";
import type { HttpsAnswer, HttpsRequest } from "../../../src/transport/https/https-message.ts";
import { TestAuthority, type Identity } from "./test-authority.ts";
import { tlsServer, type TestServer } from "./test-server.ts";

/** An answer with two bytes of body. */
export const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nRetry-After: 7\r\n\r\nhi";

/** What the specs of the HTTPS client share: a CA, its server certificate, servers that end with each test. */
export type HttpsRig = {
  readonly ca: TestAuthority;
  readonly good: Identity;
  /** Keeps a server until the end of the test. */
  started(server: Promise<TestServer>): Promise<TestServer>;
  /** A server with the right certificate that answers each request with `text` and closes. */
  answering(text: string): Promise<TestServer>;
  client(options?: Partial<HttpsClientOptions>): HttpsClient;
};

/** Makes the rig; call it in a spec file's outermost scope. */
export function httpsRig(): HttpsRig {
  const ca = new TestAuthority("the right CA");
  const good = ca.issue();
  const servers: TestServer[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close();
  });
  const started = async (server: Promise<TestServer>): Promise<TestServer> => {
    servers.push(await server);
    return server;
  };
  return {
    ca,
    good,
    started,
    answering: (text) => started(tlsServer(good, (socket) => socket.end(text, "latin1"))),
    client: (options = {}) => new HttpsClient({ ca: ca.pem, ...options }),
  };
}

/** A GET request to localhost. */
export function get(port: number, more: Partial<HttpsRequest> = {}): HttpsRequest {
  const headers = [
    ["Host", "localhost"],
    ["Connection", "close"],
  ] as const;
  return { method: "GET", host: "localhost", port, path: "/v1/x?a=", headers, ...more };
}

/** The StationError that the work ends with. */
export async function failureOf(work: Promise<HttpsAnswer>): Promise<StationError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StationError);
  return error as StationError;
}
