import { blockSizeWithin } from "../../coap/block.ts";
import { CoapClient } from "../../coap/client.ts";
import { OPTION, textOption, uintOption } from "../../coap/options.ts";
import { transfer, type CoapTransfer, type TransferLimits } from "../../coap/transfer.ts";
import type { Clock } from "../../core/clock.ts";
import type { RandomBytes } from "../../core/ids.ts";
import type { DtlsConnection } from "../../dtls/dtls-connection.ts";
import type { ConnectDtls } from "../../dtls/dtls-options.ts";
import { SessionStore } from "../../dtls/session-store.ts";
import type { CoapAssociation, CoapRequest, CoapResponse, CoapTransport } from "../../provisioning/transport.ts";

export type CoapsTransportOptions = {
  readonly host: string;
  readonly port: number;
  /** The CA certificates that are trusted, PEM. */
  readonly ca: string;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** How connections are made; `connectDtls` outside of tests. */
  readonly connect: ConnectDtls;
  /** The largest block in either direction, in bytes (COAP_CLIENT_BLOCK_SIZE). */
  readonly blockBytes: number;
  /** The largest answer that is put together, in bytes; the client's own limit stays below. */
  readonly answerBytes: number;
};

/**
 * The provisioning protocol's way over CoAP and DTLS (protocol.md 6). Each association is a handshake of its own; those of
 * one transport, that is of one run, may take up the session of the one before.
 */
export class CoapsTransport implements CoapTransport {
  readonly #options: CoapsTransportOptions;
  readonly #sessions: SessionStore;

  constructor(options: CoapsTransportOptions) {
    this.#options = options;
    this.#sessions = new SessionStore(options.clock);
  }

  /** @throws StationError transport.name-lookup, dtls.* */
  async connect(signal?: AbortSignal): Promise<CoapAssociation> {
    const { connect, host, port, ca, clock } = this.#options;
    const abort = signal === undefined ? {} : { signal };
    const connection = await connect({ host, port, ca, clock, sessions: this.#sessions, ...abort });
    return new Association(connection, this.#options);
  }
}

class Association implements CoapAssociation {
  readonly #connection: DtlsConnection;
  readonly #client: CoapClient;
  readonly #limits: TransferLimits;
  readonly #random: RandomBytes;

  constructor(connection: DtlsConnection, options: CoapsTransportOptions) {
    const { clock, random, blockBytes, answerBytes } = options;
    this.#connection = connection;
    this.#random = random;
    this.#limits = { block: blockSizeWithin(blockBytes), body: answerBytes };
    this.#client = new CoapClient({ channel: connection, clock, random });
  }

  /** @throws StationError coap.*, dtls.*, the signal's reason */
  async exchange(request: CoapRequest, signal?: AbortSignal): Promise<CoapResponse> {
    const ask: Parameters<typeof transfer>[0] = (one) => this.#client.ask(one, signal);
    const { code, payload } = await transfer(ask, transferOf(request), this.#limits, this.#random);
    return { code, payload };
  }

  async close(): Promise<void> {
    this.#client.close();
    await this.#connection.close();
  }
}

/** Path and query as options, in the library's order; values are not percent-decoded, as it does not encode them (protocol.md 6.2). */
function transferOf({ method, confirmable, path, contentFormat, payload }: CoapRequest): CoapTransfer {
  const mark = path.indexOf("?");
  const [segments, query] = mark < 0 ? [path, ""] : [path.slice(0, mark), path.slice(mark + 1)];
  const format = contentFormat === undefined ? {} : { format: uintOption(OPTION.contentFormat, contentFormat) };
  return {
    ...{ code: method === "GET" ? "0.01" : "0.02", confirmable, payload: payload ?? new Uint8Array() },
    options: [
      ...parts(segments, "/").map((segment) => textOption(OPTION.uriPath, segment)),
      ...parts(query, "&").map((parameter) => textOption(OPTION.uriQuery, parameter)),
    ],
    ...format,
  };
}

function parts(text: string, separator: string): readonly string[] {
  return text.split(separator).filter((part) => part !== "");
}
