import { connect, type Socket } from "node:net";
import { abortReason, withLimit, type Clock } from "../core/clock.ts";
import { seconds, type Duration } from "../core/duration.ts";
import { StationError } from "../core/error.ts";
import type { AtLink, AtLinkOpener } from "../modem/at-link.ts";
import { BytePipe, type PipeEnd } from "./byte-pipe.ts";
import { Inbox } from "./inbox.ts";
import { linkName } from "./link-name.ts";
import type { LinkSpec } from "./port-address.ts";

/** Limits of a port; the defaults are 5 s each. */
export type LinkLimits = { readonly open?: Duration; readonly stuck?: Duration };

const OPEN_LIMIT = seconds(5);
/** After this much silence the system asks whether the far side is still there. */
const KEEP_ALIVE = seconds(10);

/** Opens tcp connections to a serial server or a simulator, with keep-alive and without delay. */
export class TcpOpener implements AtLinkOpener {
  readonly #spec: Extract<LinkSpec, { readonly kind: "tcp" }>;
  readonly #clock: Clock;
  readonly #limits: LinkLimits;

  constructor(spec: Extract<LinkSpec, { readonly kind: "tcp" }>, clock: Clock, limits: LinkLimits = {}) {
    this.#spec = spec;
    this.#clock = clock;
    this.#limits = limits;
  }

  async open(signal?: AbortSignal): Promise<AtLink> {
    const name = linkName(this.#spec);
    const socket = await withLimit(
      this.#clock,
      this.#limits.open ?? OPEN_LIMIT,
      { code: "link.open-timeout", what: "the connection was not made in time", facts: { port: name } },
      (inner) => connected(this.#spec, name, inner),
      signal,
    );
    return pipeOver(socket, name, this.#clock, this.#limits.stuck);
  }
}

function connected(
  spec: { readonly host: string; readonly port: number },
  name: string,
  signal: AbortSignal,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(abortReason(signal));
      return;
    }
    const socket = connect({
      host: spec.host,
      port: spec.port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE,
    });
    const onAbort = (): void => {
      socket.destroy();
      reject(abortReason(signal));
    };
    signal.addEventListener("abort", onAbort, { once: true });
    socket.once("error", (cause) => {
      signal.removeEventListener("abort", onAbort);
      reject(openError(name, cause));
    });
    socket.once("connect", () => {
      signal.removeEventListener("abort", onAbort);
      socket.removeAllListeners("error");
      socket.pause();
      resolve(socket);
    });
  });
}

const UNREACHABLE = new Set([
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EHOSTDOWN",
  "ENETDOWN",
  "EADDRNOTAVAIL",
]);

function openError(name: string, cause: Error): StationError {
  const system = "code" in cause && typeof cause.code === "string" ? cause.code : "";
  const facts = { port: name, system };
  if (system === "ECONNREFUSED") return new StationError("link.refused", "nothing listens there", facts, { cause });
  if (system === "ETIMEDOUT")
    return new StationError("link.open-timeout", "the host does not answer", facts, { cause });
  if (UNREACHABLE.has(system))
    return new StationError("link.unreachable", "the host cannot be reached", facts, { cause });
  return new StationError("link.open-failed", "the connection could not be made", facts, { cause });
}

function pipeOver(socket: Socket, name: string, clock: Clock, stuck: Duration | undefined): AtLink {
  const inbox = new Inbox();
  const pipe = new BytePipe(name, endOf(socket), inbox, clock, stuck);
  const keep = { cause: undefined as Error | undefined };
  socket.on("data", (bytes: Buffer) => {
    inbox.push(Uint8Array.from(bytes));
    if (inbox.full) socket.pause();
  });
  socket.on("end", () => pipe.loseBy("the far side closed the connection"));
  socket.on("error", (cause) => {
    keep.cause = cause;
  });
  socket.on("close", () => pipe.loseBy("the connection broke", keep.cause));
  socket.resume();
  return pipe;
}

function endOf(socket: Socket): PipeEnd {
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => {
        socket.write(Uint8Array.from(bytes), (error) => {
          if (error instanceof Error) reject(error);
          else resolve();
        });
      }),
    resume: () => void socket.resume(),
    release: (discard) =>
      new Promise((resolve) => {
        if (socket.destroyed) {
          resolve();
          return;
        }
        socket.once("close", () => resolve());
        if (discard) socket.destroy();
        else socket.destroySoon();
      }),
  };
}
