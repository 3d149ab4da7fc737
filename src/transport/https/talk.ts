import { request as httpRequest, type Agent, type ClientRequest, type IncomingMessage } from "node:http";
import type { TLSSocket } from "node:tls";
import { abortReason, type Clock } from "../../core/clock.ts";
import { StationError } from "../../core/error.ts";
import { lasting, quantity } from "../../core/fact.ts";
import { encodeWireText } from "../../core/wire-text.ts";
import type { HttpsAnswer, HttpsLimits, HttpsRequest } from "./https-message.ts";
import { IdleTimer } from "./idle-timer.ts";
import type { Journey } from "./journey.ts";
import { ignoreErrors } from "./socket-event.ts";
import { transportError } from "./transport-error.ts";

const LARGEST_HEAD = 65_536;
const SMALLEST_STATUS = 100;
const LARGEST_STATUS = 999;

/** What a conversation needs besides socket and request. */
export type TalkOptions = {
  readonly clock: Clock;
  readonly limits: HttpsLimits;
  readonly journey: Journey;
  readonly signal: AbortSignal;
  /** Which statuses come with a body that counts; bodies of others are cut at the limit instead of failing. */
  readonly needsBody: (status: number) => boolean;
  /** Where the connection is to be kept: an agent whose only connection it is. */
  readonly agent?: Agent | undefined;
};

/**
 * Sends one request over an open connection and reads its answer whole. The connection is destroyed, unless it is to be kept and
 * the answer was whole and leaves it open.
 * @throws StationError transport.*
 */
export function talk(socket: TLSSocket, request: HttpsRequest, options: TalkOptions): Promise<HttpsAnswer> {
  return new Promise((resolve, reject) => {
    new Talk(socket, options, resolve, reject).begin(request);
  });
}

class Talk {
  readonly #socket: TLSSocket;
  readonly #options: TalkOptions;
  readonly #resolve: (answer: HttpsAnswer) => void;
  readonly #reject: (error: Error) => void;
  readonly #idle: IdleTimer;
  readonly #chunks: Uint8Array[] = [];
  readonly #onAbort = (): void => this.#fail(abortReason(this.#options.signal));
  readonly #onData = (chunk: Buffer): void => this.#count(chunk.length);
  #outgoing: ClientRequest | undefined;
  #incoming: IncomingMessage | undefined;
  #received = 0;
  #done = false;

  constructor(
    socket: TLSSocket,
    options: TalkOptions,
    resolve: (answer: HttpsAnswer) => void,
    reject: (error: Error) => void,
  ) {
    this.#socket = socket;
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
    const { clock, limits, journey } = options;
    this.#idle = new IdleTimer(clock, limits.idle, () => {
      const facts = journey.facts({ limit: lasting(limits.idle) });
      this.#fail(new StationError("transport.timeout", "the service fell silent", facts));
    });
  }

  begin(request: HttpsRequest): void {
    const { journey, signal, agent } = this.#options;
    journey.step = "request";
    signal.addEventListener("abort", this.#onAbort, { once: true });
    if (signal.aborted) {
      this.#onAbort();
      return;
    }
    try {
      const outgoing = httpRequest({
        method: request.method,
        path: Buffer.from(encodeWireText(request.path)).toString("latin1"),
        headers: headerLines(request),
        setHost: false,
        maxHeaderSize: LARGEST_HEAD,
        insecureHTTPParser: false,
        ...(agent === undefined ? { createConnection: () => this.#socket } : { agent }),
      });
      this.#outgoing = outgoing;
      this.#listen(outgoing);
      outgoing.end(request.body);
    } catch (error) {
      this.#fail(transportError(error, journey));
    }
  }

  #listen(outgoing: ClientRequest): void {
    const { journey } = this.#options;
    outgoing.once("socket", () => this.#socket.on("data", this.#onData));
    outgoing.once("finish", () => (journey.step = "answer"));
    outgoing.on("response", (incoming) => this.#read(incoming));
    outgoing.on("error", (error) => this.#fail(transportError(error, journey)));
    outgoing.on("upgrade", () => this.#malformed("the service changed the protocol unasked"));
  }

  /**
   * Counts plain bytes of the answer, head and chunk heads included, as the devices' receive buffer does (protocol.md 5.1).
   * The parser has seen the bytes already, so the status is known once its head is whole.
   */
  #count(bytes: number): void {
    this.#idle.touch();
    this.#received += bytes;
    const { limits, journey, needsBody } = this.#options;
    if (this.#received < limits.answerBytes) return;
    const incoming = this.#incoming;
    if (incoming !== undefined && !needsBody(incoming.statusCode ?? 0)) {
      this.#finish(incoming);
      return;
    }
    const facts = journey.facts({ limit: quantity(limits.answerBytes, "bytes") });
    this.#fail(new StationError("transport.too-large", "the answer does not stay below the limit", facts));
  }

  #read(incoming: IncomingMessage): void {
    this.#incoming = incoming;
    const { statusCode = 0 } = incoming;
    if (statusCode < SMALLEST_STATUS || statusCode > LARGEST_STATUS) {
      this.#malformed("the answer has no status of three digits");
      return;
    }
    const encoding = incoming.headers["content-encoding"];
    if (encoding !== undefined && encoding !== "identity") {
      this.#malformed("the answer is compressed, which was not asked for");
      return;
    }
    incoming.on("data", (chunk: Buffer) => this.#chunks.push(chunk));
    incoming.on("end", () => this.#finish(incoming));
    incoming.on("error", (error) => this.#brokeOff(incoming, error));
    incoming.on("close", () => this.#brokeOff(incoming, undefined));
  }

  #brokeOff(incoming: IncomingMessage, cause: Error | undefined): void {
    if (incoming.complete) return;
    const announced = Number(incoming.headers["content-length"]);
    const facts = this.#options.journey.facts({
      received: quantity(lengthOf(this.#chunks), "bytes"),
      ...(Number.isSafeInteger(announced) ? { announced: quantity(announced, "bytes") } : {}),
    });
    this.#fail(new StationError("transport.truncated", "the answer broke off", facts, { cause }));
  }

  #malformed(what: string): void {
    this.#fail(new StationError("transport.malformed", what, this.#options.journey.facts()));
  }

  #finish(incoming: IncomingMessage): void {
    const open = this.#options.agent !== undefined && incoming.complete && this.#outgoing?.shouldKeepAlive === true;
    if (!this.#settle()) return;
    if (!open) this.#drop();
    const body = new Uint8Array(Buffer.concat(this.#chunks));
    this.#resolve({ status: incoming.statusCode ?? 0, headers: headersOf(incoming), body });
  }

  #fail(error: Error): void {
    if (!this.#settle()) return;
    this.#drop();
    this.#reject(error);
  }

  #drop(): void {
    ignoreErrors(this.#socket);
    this.#socket.destroy();
  }

  #settle(): boolean {
    if (this.#done) return false;
    this.#done = true;
    this.#idle.stop();
    this.#options.signal.removeEventListener("abort", this.#onAbort);
    this.#socket.off("data", this.#onData);
    return true;
  }
}

function headerLines(request: HttpsRequest): string[] {
  const length = request.body === undefined ? [] : ["Content-Length", String(request.body.length)];
  return [...request.headers.flat(), ...length];
}

function headersOf(incoming: IncomingMessage): (readonly [string, string])[] {
  const raw = incoming.rawHeaders;
  return raw.flatMap((name, index) => (index % 2 === 0 ? [[name.toLowerCase(), raw[index + 1] ?? ""] as const] : []));
}

function lengthOf(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}
