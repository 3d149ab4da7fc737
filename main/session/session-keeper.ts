import { OPEN_SESSION, type Session, type SignIn } from "../../src/contract/desktop-session.ts";
import type { Clock } from "../../src/core/clock.ts";
import { minutes, milliseconds, type Duration } from "../../src/core/duration.ts";
import { StationError } from "../../src/core/error.ts";
import type { Secret } from "../../src/core/secret.ts";
import { folded, sameName, type Entry } from "./operator-list.ts";
import type { OperatorsFile } from "./operators-file.ts";
import { isPin } from "./pin-hash.ts";
import type { PinThrottle } from "./pin-throttle.ts";

export type SessionParts = {
  readonly operators: OperatorsFile;
  readonly throttle: PinThrottle;
  readonly clock: Clock;
  /** Called after every change. */
  readonly tell: (session: Session) => void;
};

/** What a sign-in led to. */
export type SignedIn = { readonly kind: "signed-in" } | { readonly kind: "pin-needed"; readonly name: string };

/** Who works at the station: outlives the window, ends with the application. An idle engineer is signed out. */
export class SessionKeeper {
  readonly #parts: SessionParts;
  #name: string | undefined;
  #active = { monotonic: 0, wall: 0 };
  #stopWatch: () => void = () => undefined;

  constructor(parts: SessionParts) {
    this.#parts = parts;
  }

  /** The session now. */
  get current(): Session {
    this.#expire();
    const { operators } = this.#parts.operators.current;
    if (operators.length === 0) return OPEN_SESSION;
    const entry = this.#entry;
    const people = operators.filter(({ enabled }) => enabled);
    return {
      open: false,
      operator: entry === undefined ? null : { name: entry.name, role: entry.role },
      people: people.map(({ name, role, pin }) => ({ name, role, pin: pin !== undefined })),
    };
  }

  /** Somebody touched mouse, keyboard or screen. */
  touch(): void {
    // Too late for whoever was idle for too long.
    this.#expire();
    this.#mark();
  }

  /** @throws StationError operators.unknown, operators.pin, operators.wait */
  async signIn(asked: SignIn): Promise<SignedIn> {
    const entry = this.#asked(asked);
    if (entry.pin !== undefined) {
      if (asked.pin === undefined) return { kind: "pin-needed", name: entry.name };
      await this.#prove(entry, asked.pin);
    }
    this.begin(entry.name);
    return { kind: "signed-in" };
  }

  /** This name is signed in from now on; whoever was before is not. */
  begin(name: string): void {
    this.#mark();
    this.#name = name;
    this.#changed();
  }

  signOut(): void {
    if (this.#name === undefined) return;
    this.#name = undefined;
    this.#changed();
  }

  /** The list of operators has changed; `renamed`: the new name of one. A PIN that was changed makes nobody wait any more. */
  listChanged(name: string, renamed = name): void {
    this.#parts.throttle.forgive(folded(name));
    if (this.#name !== undefined && sameName(this.#name, name)) this.#name = renamed;
    if (this.#entry === undefined) this.#name = undefined;
    this.#changed();
  }

  /** The idle time was changed, by somebody who is not idle. */
  timed(): void {
    this.touch();
    this.#watch();
  }

  /** The entry of whoever is signed in; undefined also when it was removed or disabled. */
  get #entry(): Entry | undefined {
    const name = this.#name;
    if (name === undefined) return undefined;
    const { operators } = this.#parts.operators.current;
    return operators.find((entry) => entry.enabled && sameName(entry.name, name));
  }

  #asked(asked: SignIn): Entry {
    const { operators } = this.#parts.operators.current;
    const entry = operators.find((known) =>
      "badge" in asked ? known.badge === asked.badge : sameName(known.name, asked.name),
    );
    if (entry?.enabled === true) return entry;
    throw new StationError("operators.unknown", "nobody of this name or badge may sign in");
  }

  async #prove(entry: Entry, pin: Secret): Promise<void> {
    const { operators, throttle } = this.#parts;
    const { name, pin: kept } = entry;
    throttle.begin(folded(name));
    const right = kept !== undefined && (await isPin(kept, pin));
    // The list may have changed while the PIN was looked at.
    if (!right || !operators.current.operators.includes(entry))
      throw new StationError("operators.pin", "the PIN is wrong", { name });
    throttle.forgive(folded(name));
  }

  #mark(): void {
    const { clock } = this.#parts;
    this.#active = { monotonic: clock.monotonic(), wall: clock.now() };
  }

  #changed(): void {
    this.#watch();
    this.#parts.tell(this.current);
  }

  /** Looks after the engineer's idle time, and looks again when it could be over at the earliest. */
  #watch(): void {
    this.#stopWatch();
    this.#stopWatch = () => undefined;
    if (this.#entry?.role !== "engineer") return;
    this.#stopWatch = this.#parts.clock.after(milliseconds(Math.max(0, this.#limit - this.#idle)), () => {
      this.#expire();
      this.#watch();
    });
  }

  #expire(): void {
    if (this.#entry?.role !== "engineer" || this.#idle < this.#limit) return;
    this.signOut();
  }

  get #limit(): Duration {
    return minutes(this.#parts.operators.current.engineerIdleMinutes);
  }

  /** The longer of both clocks: one stands still while the computer sleeps, the other one may be set back. */
  get #idle(): Duration {
    const { clock } = this.#parts;
    return milliseconds(Math.max(clock.monotonic() - this.#active.monotonic, clock.now() - this.#active.wall));
  }
}
