import { sleep, type Clock } from "../core/clock.ts";
import { milliseconds } from "../core/duration.ts";
import type { AtReply } from "../modem/at-port.ts";
import { finalText } from "../modem/cme-errors.ts";
import { answerText, PLAIN_ERROR } from "./answer.ts";
import { BoardFirmware, type FirmwareKind } from "./board-firmware.ts";
import { BOOT_TEXT, deliver, STORM, type Delivery } from "./delivery.ts";
import { FAULT_KINDS } from "./fault-kind.ts";
import type { FaultOrder } from "./fault-order.ts";
import { FaultPlan } from "./fault-plan.ts";
import { makeFramer, type Framer, type Framing } from "./framing.ts";
import { InputQueue } from "./input-queue.ts";
import { wireTime, workOf, type LatencyTable } from "./latency.ts";
import type { SelfProvisioner } from "./self-provisioner.ts";
import type { SimulatedModem } from "./simulated-modem.ts";
import { shownCommand, type CommandEntry } from "./wait-log.ts";

/** The far side of a simulated port: a connection that is open. */
export interface PortClient {
  /** Takes bytes for the host. */
  write(bytes: Uint8Array): void;
  /** Whether the host's bytes are taken; false is flow control. */
  setReading(reading: boolean): void;
  /** Ends the connection without a farewell. */
  reset(): void;
}

/** How a simulated port is made. */
export type PortOptions = {
  readonly slot: number;
  readonly modem: SimulatedModem;
  readonly clock: Clock;
  readonly latency: LatencyTable;
  readonly framing: Framing;
  readonly faults: readonly FaultOrder[];
  readonly onCommand: (entry: CommandEntry) => void;
  /** Default `at`. */
  readonly firmware?: FirmwareKind;
  /** The provisioning library in the firmware. */
  readonly provisioner?: SelfProvisioner;
};

/** A modem at the end of a serial line: framing, time on the line, the modem's own time, and faults. One command at a time. */
export class SimulatedPort {
  readonly #options: PortOptions;
  readonly #framer: Framer;
  readonly #plan: FaultPlan;
  readonly #firmware: BoardFirmware;
  readonly #input = new InputQueue();
  readonly #timers = new Set<() => void>();
  #client: PortClient | undefined;
  #state: "idle" | "busy" | "booting" | "hung" | "unplugged" = "idle";
  #storm = false;
  #held = false;
  #lineFree = 0;
  #commandBytes = 0;
  /** The answer of the last command, for the fault that gives it once more. */
  #before: Uint8Array | undefined;
  /** What the last waits were too short (or, negative, too long), in ms: timers are coarse, sums are not. */
  #owed = 0;

  constructor(options: PortOptions) {
    this.#options = options;
    this.#framer = makeFramer(options.framing);
    this.#plan = new FaultPlan(options.faults);
    const { firmware: kind = "at", modem, clock, provisioner } = options;
    this.#firmware = new BoardFirmware({
      ...{ kind, modem, clock },
      ...(provisioner === undefined ? {} : { provisioner }),
      inside: { send: (command) => this.#inside(command) },
      say: (text) => this.#say(text),
    });
  }

  /** Whether a host may open the port. */
  get available(): boolean {
    return this.#state !== "unplugged";
  }

  /** A host opened the port; what an earlier one left half-typed is forgotten, the modem stays as it is. */
  attach(client: PortClient): void {
    this.#client = client;
    this.#forgetInput();
    this.#plan.opened();
  }

  /** The host is gone; a command that runs goes on. */
  detach(client: PortClient): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    this.#forgetInput();
  }

  /** Takes bytes from the host, in any chunking. */
  receive(bytes: Uint8Array): void {
    if (this.#state === "hung" || this.#state === "booting" || this.#state === "unplugged") return;
    const { clock, latency } = this.#options;
    this.#lineFree = Math.max(this.#lineFree, clock.monotonic()) + wireTime(latency, bytes.length);
    this.#input.push(bytes);
    this.#pump();
  }

  /** Stops every timer; the port is of no use afterwards. */
  stop(): void {
    this.#firmware.halt();
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    this.#state = "unplugged";
    this.#client = undefined;
    this.#forgetInput();
  }

  #pump(): void {
    while (this.#state === "idle") {
      const chunk = this.#input.next();
      if (chunk === undefined) break;
      const { used, echo, line } = this.#framer.take(chunk, this.#options.modem.echo);
      this.#input.drop(used);
      this.#commandBytes += used;
      if (echo.length > 0) this.#client?.write(echo);
      if (line?.kind === "command") this.#run(line.command);
      else if (line !== undefined) this.#client?.write(this.#framer.note(line.text));
    }
    this.#client?.setReading(!this.#held && !this.#input.full);
  }

  #run(command: string): void {
    const { clock } = this.#options;
    const started = clock.monotonic();
    const onLine = Math.max(0, this.#lineFree - started);
    const order = this.#plan.strike(command);
    if (order !== undefined && FAULT_KINDS[order.kind].effect.does === "storm") this.#storm = true;
    const asked = this.#firmware.reboots(command);
    const delivery = asked
      ? REBOOT
      : this.#mixed(deliver(this.#firmware, this.#framer, command, order, this.#storm ? STORM : []), order);
    if (delivery.answer !== undefined) this.#plan.answered(command, delivery.answer);
    const entry = this.#entry(command, delivery, order);
    this.#held = delivery.hold;
    this.#state = "busy";
    this.#commandBytes = 0;
    const wait = onLine + entry.work + entry.fault + entry.wireOut;
    // What the simulation itself computes for (keys, signatures) happens within the wait.
    this.#after(wait + this.#owed - (clock.monotonic() - started), () => {
      const elapsed = clock.monotonic() - started;
      this.#owed = wait > 0 ? clamp(this.#owed + wait - elapsed) : 0;
      this.#options.onCommand({ ...entry, elapsed });
      this.#finish(delivery);
    });
  }

  /** The delivery with the answer of the command before, where the fault wants that; the first command has none before it. */
  #mixed(delivery: Delivery, order: FaultOrder | undefined): Delivery {
    const before = this.#before;
    this.#before = delivery.bytes ?? before;
    const mixes = order !== undefined && FAULT_KINDS[order.kind].effect.does === "mix";
    return mixes && before !== undefined ? { ...delivery, bytes: before } : delivery;
  }

  #entry(command: string, delivery: Delivery, order: FaultOrder | undefined): CommandEntry {
    const { slot, clock, latency } = this.#options;
    const { answer, bytes, extra, then } = delivery;
    const work = workOf(latency, command);
    const bytesOut = bytes?.length ?? 0;
    return {
      slot,
      at: clock.now(),
      command: shownCommand(command),
      result: answer === undefined || bytes === undefined ? "none" : finalText(answer.final),
      bytesIn: this.#commandBytes,
      bytesOut,
      wireIn: wireTime(latency, this.#commandBytes),
      // What ends a command in the middle strikes half-way.
      work: then === "go-on" ? work : work / 2,
      fault: extra,
      wireOut: wireTime(latency, bytesOut),
      elapsed: 0,
      ...(order === undefined ? {} : { struck: order.kind }),
    };
  }

  #finish({ bytes, then, asked = false }: Delivery): void {
    this.#held = false;
    this.#state = "idle";
    if (bytes !== undefined) this.#client?.write(bytes);
    switch (then) {
      case "go-on":
        this.#firmware.answered();
        return;
      case "hang":
        this.#firmware.halt();
        this.#state = "hung";
        this.#forgetInput();
        return;
      case "reboot":
        this.#reboot(asked);
        return;
      case "reset":
        this.#client?.reset();
        return;
      case "unplug":
        this.#state = "unplugged";
        this.#client?.reset();
        return;
    }
  }

  #reboot(asked: boolean): void {
    this.#firmware.halt();
    this.#state = "booting";
    this.#options.modem.powerCycle();
    this.#forgetInput();
    this.#after(this.#options.latency.boot, () => {
      this.#state = "idle";
      this.#client?.write(BOOT_TEXT);
      if (asked) this.#firmware.started();
    });
  }

  /** What the firmware writes of its own accord. */
  #say(text: string): void {
    if (this.#state === "idle" || this.#state === "busy")
      this.#client?.write(this.#framer.aside(text, this.#state === "idle"));
  }

  /** A command of the firmware itself: nothing of it is on the line, and faults strike it too. */
  async #inside(command: string): Promise<AtReply> {
    const { modem, clock, latency } = this.#options;
    const order = this.#plan.strike(command);
    const { answer = PLAIN_ERROR, extra, then } = deliver(modem, this.#framer, command, order, []);
    await sleep(clock, milliseconds(workOf(latency, command) + extra));
    this.#plan.answered(command, answer);
    if (then !== "go-on") this.#finish({ extra, then, hold: false });
    return { final: answer.final, lines: answer.lines, text: answerText(answer) };
  }

  #forgetInput(): void {
    this.#input.clear();
    this.#framer.reset();
    this.#commandBytes = 0;
    this.#client?.setReading(true);
  }

  // Without a wait the action runs at once, within the loop of #pump: nothing is lost to the platform's coarse timers.
  #after(wait: number, action: () => void): void {
    if (wait <= 0) {
      action();
      return;
    }
    const cancel = this.#options.clock.after(milliseconds(wait), () => {
      this.#timers.delete(cancel);
      action();
      this.#pump();
    });
    this.#timers.add(cancel);
  }
}

const COARSENESS = 2;

/** What becomes of a reboot that the host asks for. */
const REBOOT: Delivery = { extra: 0, hold: false, then: "reboot", asked: true };

function clamp(owed: number): number {
  return Math.min(COARSENESS, Math.max(-COARSENESS, owed));
}
