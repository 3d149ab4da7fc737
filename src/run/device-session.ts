import type { RunEventBody } from "../contract/run-event.ts";
import type { Clock } from "../core/clock.ts";
import { milliseconds, seconds, type Duration } from "../core/duration.ts";
import { asStationError, StationError } from "../core/error.ts";
import type { ErrorCode } from "../core/error-codes.ts";
import { lasting } from "../core/fact.ts";
import type { AtPort } from "../modem/at-port.ts";
import type { BoardNotice, NoticeBoard } from "../modem/board-notice.ts";
import { CFUN } from "../modem/commands/functional-mode.ts";
import { changeMode } from "./change-mode.ts";
import { readLogReport, readStatusReport, type DeviceFirmware, type DeviceReport } from "./device-report.ts";
import { nextSession, SESSION_BEGUN, type SessionState } from "./device-session-state.ts";
import { awaitNetwork, checkFirmware, START_COMMAND, startSession, type DevicePorts } from "./device-start.ts";
import type { Journal } from "./journal.ts";
import { NoticeQueue } from "./notice-queue.ts";

/** What following a board takes. */
export type DeviceSessionParts = {
  readonly by: DeviceFirmware;
  readonly clock: Clock;
  readonly journal: Journal;
};

/** The board as one attempt may use it. */
export type DeviceTools = DevicePorts & {
  /** The modem for what a stop must still do: it takes commands after the signal has aborted. */
  readonly last: AtPort;
  readonly board: NoticeBoard;
  readonly signal: AbortSignal;
};

/** Which session of a run: its number from 1 on, its place among all that is recorded, and until when all of them may take. */
export type SessionPlace = {
  readonly number: number;
  readonly ordinal: number;
  readonly total: number;
  /** On the monotonic clock, ms. */
  readonly until: number;
};

type Announced = Extract<RunEventBody, { type: "command.announced" }>;

/** How often a board that says nothing is asked whether it is still there. */
const LOOK: Duration = seconds(20);
/** How long the answer may take: the board itself may have a key made meanwhile (at.md 1, Timing). */
const ANSWER: Duration = seconds(70);
/** How long a board may take to end a session whose network was taken away: a request's limit (protocol.md 12) with room. */
const GIVE_UP: Duration = seconds(40);

/**
 * Sessions of the provisioning protocol that a board's own firmware carries out over LTE (protocol.md 11): started, followed by
 * what the board reports, and recorded. What the board does in them, the station does not see.
 */
export class DeviceSession {
  readonly #parts: DeviceSessionParts;
  #state: SessionState = SESSION_BEGUN;

  constructor(parts: DeviceSessionParts) {
    this.#parts = parts;
  }

  /** Whether the last session ended before the board can have carried out anything, so that another one does no harm. */
  get lastWasIdle(): boolean {
    return !this.#state.worked;
  }

  /**
   * One session: waits for the network, announces the start and has it confirmed by the store, starts it, and follows the
   * board's reports to the end. A session that is left before its end is ended by taking the network away.
   * @throws StationError device.*, run.store-silent, run.mode-refused, at.*, link.*; the signal's reason
   */
  async run(tools: DeviceTools, place: SessionPlace): Promise<void> {
    const { by, clock } = this.#parts;
    this.#state = SESSION_BEGUN;
    await checkFirmware(by, tools);
    await awaitNetwork(by, tools.modem, { clock, until: place.until }, tools.signal);
    const notices = new NoticeQueue<BoardNotice>(clock);
    const unwatch = tools.board.watch((notice) => notices.push(notice));
    try {
      await this.#announced(tools, notices, place);
    } finally {
      unwatch();
    }
  }

  async #announced(tools: DeviceTools, notices: NoticeQueue<BoardNotice>, place: SessionPlace): Promise<void> {
    const { by, clock, journal } = this.#parts;
    const command: Announced["command"] = {
      id: `session-${place.number}`,
      kind: "session",
      text: START_COMMAND[by],
      ...{ ordinal: place.ordinal, total: place.total },
    };
    await journal.announce({ type: "command.announced", command }, tools.signal);
    const begun = clock.monotonic();
    const tell = (result: "ok" | "error" | "none", reply: string): void => {
      const elapsedMs = Math.max(0, clock.monotonic() - begun);
      journal.tell({ type: "command.concluded", command, result, reply, elapsedMs });
    };
    try {
      await this.#started(tools, notices, place.until);
      tell("ok", this.#state.report ?? "");
    } catch (error) {
      const { code } = asStationError(error);
      const refused = this.#state.end !== undefined || code === "device.start-refused" || code === "device.unsupported";
      tell(refused ? "error" : "none", this.#state.report ?? "");
      throw error;
    }
  }

  async #started(tools: DeviceTools, notices: NoticeQueue<BoardNotice>, until: number): Promise<void> {
    const lines = await startSession(this.#parts.by, tools);
    for (const line of lines) notices.push({ kind: "notification", line });
    try {
      await this.#follow(tools, notices, until);
    } catch (error) {
      if (this.#state.end === undefined && !isLineLost(error)) await this.#takeAway(tools.last, notices);
      throw error;
    }
    const { end, report = "" } = this.#state;
    const code = end === undefined ? undefined : FAILURES[end];
    if (code !== undefined)
      throw new StationError(code, "the board reports that it could not be provisioned", { report });
  }

  /** Follows the board until it told the end and had its time to say the rest. */
  async #follow(tools: DeviceTools, notices: NoticeQueue<BoardNotice>, until: number): Promise<void> {
    const { clock } = this.#parts;
    const begun = clock.monotonic();
    for (;;) {
      const left = (this.#state.closes ?? until) - clock.monotonic();
      if (left <= 0 && this.#state.closes !== undefined) return;
      if (left <= 0) throw this.#silent(begun);
      const notice = await notices.next(milliseconds(Math.min(left, LOOK)), tools.signal);
      if (notice !== undefined) await this.#take(notice, tools.modem, true);
      else if (this.#state.closes === undefined) await tools.modem.send("AT", { limit: ANSWER });
      if (this.#state.over) return;
    }
  }

  #silent(begun: number): StationError {
    const { by, clock } = this.#parts;
    const facts = {
      by,
      heard: this.#state.report ?? "nothing",
      waited: lasting(milliseconds(clock.monotonic() - begun)),
    };
    return new StationError("device.silent", "the board did not tell the end of its session in time", facts);
  }

  /** @param helps whether the modem is switched as the board asks */
  async #take(notice: BoardNotice, modem: AtPort, helps: boolean): Promise<void> {
    switch (notice.kind) {
      case "lost":
        throw notice.error;
      case "restart":
        // Some firmware starts anew when it is done: then its end was told before.
        if (this.#state.end !== undefined) return;
        throw new StationError("at.rebooted", "the board restarted during its session");
      case "notification":
        return this.#report(readStatusReport(notice.line), modem, helps);
      case "log":
        return this.#report(readLogReport(notice.line), modem, helps);
    }
  }

  async #report(report: DeviceReport | undefined, modem: AtPort, helps: boolean): Promise<void> {
    const { by, journal, clock } = this.#parts;
    if (report === undefined) return;
    if (report.kind === "unknown") {
      // What the board says is foreign text: its length tells enough.
      const facts = { by, length: report.text.length };
      journal.tell({ type: "note", level: "warning", text: "the board reports something that no table knows", facts });
      return;
    }
    const { name, text, seconds: next } = report;
    const facts = { by, report: text, ...(next === undefined ? {} : { seconds: next }) };
    journal.tell({ type: "client.event", name, facts });
    this.#state = nextSession(this.#state, report, by, clock.monotonic());
    if (by !== "serial-modem" || !helps) return;
    if (name === "NEED_LTE_DEACTIVATED") await changeMode(modem, CFUN.offline);
    if (name === "NEED_LTE_ACTIVATED") await changeMode(modem, CFUN.normal);
  }

  /**
   * Neither firmware has a command that ends a session: without its network it ends by itself, which is waited for. Whatever
   * goes wrong here, the reason of the leaving counts.
   */
  async #takeAway(modem: AtPort, notices: NoticeQueue<BoardNotice>): Promise<void> {
    const { by, clock, journal } = this.#parts;
    const until = clock.monotonic() + GIVE_UP;
    const text = "the board's session is ended by taking its network away";
    journal.tell({ type: "note", level: "info", text, facts: { limit: lasting(GIVE_UP) } });
    try {
      await changeMode(modem, CFUN.offline);
      while (this.#state.end === undefined && clock.monotonic() < until) {
        const before = this.#state.activations;
        const notice = await notices.next(milliseconds(until - clock.monotonic()));
        if (notice !== undefined) await this.#take(notice, modem, false);
        if (this.#state.activations === before) continue;
        // Serial Modem waits for its host now, and carries out nothing more; an application switches its modem on by itself.
        if (by === "serial-modem") return;
        await changeMode(modem, CFUN.offline);
      }
    } catch (error) {
      const { code } = asStationError(error);
      journal.tell({ type: "note", level: "warning", text: "the board's session may go on", facts: { code } });
    }
  }
}

/** The failures by the event that tells them (protocol.md 2.1). */
const FAILURES: Readonly<Partial<Record<string, ErrorCode>>> = {
  FAILED: "device.failed",
  FAILED_DEVICE_NOT_CLAIMED: "device.not-claimed",
  FAILED_WRONG_ROOT_CA: "device.wrong-root-ca",
  FAILED_NO_VALID_DATETIME: "device.no-time",
  FAILED_TOO_MANY_COMMANDS: "device.too-many-commands",
  FATAL_ERROR: "device.fatal",
};

/** Whether the board cannot be told anything any more, or has forgotten its session. */
function isLineLost(error: unknown): boolean {
  const { code } = asStationError(error);
  return code.startsWith("link.") || code === "at.rebooted" || code === "at.silent" || code === "at.timeout";
}
