import type { CoapHandler } from "../coap/server-request.ts";
import { CoapServerSession } from "../coap/server-session.ts";
import type { Clock } from "../core/clock.ts";
import { milliseconds, type Duration } from "../core/duration.ts";
import type { StationError } from "../core/error.ts";
import type { RandomBytes } from "../core/ids.ts";
import { Secret } from "../core/secret.ts";
import type { DtlsConnection, DtlsFacts } from "../dtls/dtls-connection.ts";
import { listenDtls } from "../dtls/listen-dtls.ts";
import type { ServerIdentity } from "./authority.ts";
import { REPORT_LIMIT } from "./device-api.ts";

export type CoapsOptions = {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly identity: ServerIdentity;
  /** Answers the requests of one connection. */
  readonly handler: (facts: DtlsFacts) => CoapHandler;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** Told of every handled request; `code` as `2.05`. */
  readonly onRequest: (method: string, path: string, code: string, took: Duration) => void;
  /** Told of handshakes that failed. */
  readonly onError: (error: StationError) => void;
};

/** A running server. */
export type CoapsService = {
  readonly port: number;
  /** Uses a new certificate for handshakes from now on. */
  readonly renew: (identity: ServerIdentity) => void;
  /** Closes every connection. */
  readonly stop: () => Promise<void>;
};

const METHODS: Readonly<Record<string, string>> = { "0.01": "GET", "0.02": "POST", "0.03": "PUT", "0.04": "DELETE" };

/** Starts the device side over CoAP and DTLS. @throws StationError dtls.listen, dtls.bad-identity */
export async function startCoaps(options: CoapsOptions): Promise<CoapsService> {
  const { host, port, identity, clock, onError } = options;
  const server = await listenDtls({
    ...{ host, port, clock, certificate: identity.certificate, key: new Secret(identity.key) },
    onConnection: (connection) => serve(connection, options),
    onRefused: onError,
  });
  return {
    port: server.address.port,
    renew: ({ certificate, key }) => server.renew(certificate, new Secret(key)),
    stop: () => server.close(),
  };
}

function serve(connection: DtlsConnection, { handler, clock, random, onRequest }: CoapsOptions): void {
  const handle = handler(connection.facts);
  // The connection holds the session from here on, through its listeners.
  new CoapServerSession({
    ...{ channel: connection, clock, random, bodyLimit: REPORT_LIMIT },
    handler: async (request) => {
      const begin = clock.monotonic();
      const reply = await handle(request);
      const took = milliseconds(clock.monotonic() - begin);
      onRequest(METHODS[request.code] ?? request.code, `/${request.path.join("/")}`.slice(0, 256), reply.code, took);
      return reply;
    },
  });
}
