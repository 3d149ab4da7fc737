import { stat } from "node:fs/promises";
import type { SerialPort } from "serialport";
import { withLimit, type Clock } from "../core/clock.ts";
import { seconds, type Duration } from "../core/duration.ts";
import type { AtLink, AtLinkOpener } from "../modem/at-link.ts";
import { BytePipe, type PipeEnd } from "./byte-pipe.ts";
import { Inbox } from "./inbox.ts";
import { linkName } from "./link-name.ts";
import type { LinkSpec, SerialLine } from "./port-address.ts";
import { serialOpenError } from "./serial-errors.ts";
import type { LinkLimits } from "./tcp-link.ts";

type OpenPort = Awaited<ReturnType<typeof SerialPort.binding.open>>;

const OPEN_LIMIT = seconds(5);
const BAUD = 115_200;
const READ_SIZE = 4096;
/** How often a port's file is looked at: a system that ends a port without an error would leave a reader waiting forever. */
const WATCH = seconds(1);

/** Opens serial ports, for this process alone. Not for use in worker_threads, where reading crashes the process. */
export class SerialOpener implements AtLinkOpener {
  readonly #spec: Extract<LinkSpec, { readonly kind: "serial" }>;
  readonly #clock: Clock;
  readonly #limits: LinkLimits;

  constructor(spec: Extract<LinkSpec, { readonly kind: "serial" }>, clock: Clock, limits: LinkLimits = {}) {
    this.#spec = spec;
    this.#clock = clock;
    this.#limits = limits;
  }

  async open(signal?: AbortSignal): Promise<AtLink> {
    const name = linkName(this.#spec);
    const { path, line } = this.#spec;
    const attempt = { over: false };
    try {
      const port = await withLimit(
        this.#clock,
        this.#limits.open ?? OPEN_LIMIT,
        { code: "link.open-timeout", what: "the port did not open in time", facts: { port: name } },
        () => openPort(name, path, line, attempt),
        signal,
      );
      return await SerialPipe.over(port, name, path, this.#clock, this.#limits.stuck);
    } catch (error) {
      attempt.over = true;
      throw error;
    }
  }
}

/** Opens the port; when the attempt is over by then, closes it again. */
async function openPort(name: string, path: string, line: SerialLine, attempt: { over: boolean }): Promise<OpenPort> {
  const { baud = BAUD, flowControl = "rtscts" } = line;
  const soft = flowControl === "xonxoff";
  const options = { path, baudRate: baud, lock: true, rtscts: flowControl === "rtscts", xon: soft, xoff: soft };
  // Loaded on first use: a worker whose board is behind tcp starts faster and smaller without the native addon.
  const serialport = await import("serialport");
  const port = await serialport.SerialPort.binding.open(options).catch(async (cause: unknown) => {
    throw await serialOpenError(name, path, cause);
  });
  if (attempt.over) await port.close();
  return port;
}

/** An open serial port: the loop that reads it, and the watch over its file. */
class SerialPipe implements PipeEnd {
  readonly #port: OpenPort;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #inbox = new Inbox();
  readonly #pipe: BytePipe;
  #reading = false;
  #cancelWatch: (() => void) | undefined;

  static async over(
    port: OpenPort,
    name: string,
    path: string,
    clock: Clock,
    stuck: Duration | undefined,
  ): Promise<AtLink> {
    const pipe = new SerialPipe(port, name, path, clock, stuck);
    await pipe.#watch();
    pipe.resume();
    return pipe.#pipe;
  }

  private constructor(port: OpenPort, name: string, path: string, clock: Clock, stuck: Duration | undefined) {
    this.#port = port;
    this.#path = path;
    this.#clock = clock;
    this.#pipe = new BytePipe(name, this, this.#inbox, clock, stuck);
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#port.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    // only a line with flow control can stand still, and then the bytes rest in the system's buffer
    const { rtscts, xon } = this.#port.openOptions;
    if (rtscts || xon) await this.#port.drain();
  }

  resume(): void {
    if (this.#reading) return;
    this.#reading = true;
    this.#read().then(
      () => {
        this.#reading = false;
      },
      (cause: unknown) => this.#pipe.loseBy("the port disappeared", cause),
    );
  }

  async release(discard: boolean): Promise<void> {
    this.#cancelWatch?.();
    this.#cancelWatch = undefined;
    if (!this.#port.isOpen) return;
    if (discard) await this.#port.flush().catch(() => undefined);
    await this.#port.close().catch(() => undefined);
  }

  async #read(): Promise<void> {
    const buffer = Buffer.alloc(READ_SIZE);
    while (this.#port.isOpen && !this.#inbox.full) {
      const { bytesRead } = await this.#port.read(buffer, 0, READ_SIZE);
      this.#inbox.push(Uint8Array.from(buffer.subarray(0, bytesRead)));
    }
  }

  /** Remembers the port's file and looks at it again and again; where ports are no files (Windows), there is nothing to watch. */
  async #watch(): Promise<void> {
    const device = await this.#device();
    if (device === undefined) return;
    const look = (): void => {
      this.#device().then(
        (now) => {
          if (this.#cancelWatch === undefined) return;
          if (now !== device) this.#pipe.loseBy("the port disappeared");
          else this.#cancelWatch = this.#clock.after(WATCH, look);
        },
        () => undefined,
      );
    };
    this.#cancelWatch = this.#clock.after(WATCH, look);
  }

  #device(): Promise<string | undefined> {
    if (!this.#path.startsWith("/")) return Promise.resolve(undefined);
    return stat(this.#path).then(
      ({ ino, rdev }) => `${ino}/${rdev}`,
      () => undefined,
    );
  }
}
