import type { Clock } from "../../src/core/clock.ts";
import type { ModemOpener, OpenModem } from "../../src/run/modem-opener.ts";

const never = new Promise<never>(() => undefined);

/**
 * A cut of the power at one await of a program. The program's ports are wrapped: each call passes a point before its effect and
 * one after it. At the chosen point the power is off: that call and every later one never settles, and no timer of the wrapped
 * clock fires any more. What the ports have kept (files, a service, a modem) is then what a new start finds.
 */
export class PowerCut {
  /** Names of the points passed while armed, `before store.append`, in order. */
  readonly points: string[] = [];
  /** Points count only while this is true. */
  armed = true;
  /** Resolves once the power is off. */
  readonly off: Promise<void>;
  readonly #at: (points: readonly string[]) => boolean;
  #isOff = false;
  #turnOff: () => void = () => undefined;

  /** @param at where the power goes off: at this point, from 1 on, or as soon as the points passed say so; absent: never */
  constructor(at: number | ((points: readonly string[]) => boolean) = Infinity) {
    this.#at = typeof at === "number" ? (points) => points.length >= at : at;
    this.off = new Promise((resolve) => {
      this.#turnOff = resolve;
    });
  }

  get isOff(): boolean {
    return this.#isOff;
  }

  /** The point at which the power went off. */
  get place(): string {
    return this.#isOff ? (this.points.at(-1) ?? "") : "never";
  }

  /** Passes a point; never resolves where the power is off, or goes off here. */
  async pass(name: string): Promise<void> {
    if (this.#isOff) return never;
    if (!this.armed) return;
    this.points.push(name);
    if (!this.#at(this.points)) return;
    this.#isOff = true;
    this.#turnOff();
    return never;
  }

  /** A call with a point before its effect and one after it. */
  async around<T>(name: string, call: () => Promise<T>): Promise<T> {
    await this.pass(`before ${name}`);
    const value = await call();
    await this.pass(`after ${name}`);
    return value;
  }

  /** The port with points around the methods that are named; each of them must answer a promise. */
  wrap<Port extends object>(name: string, port: Port, methods: readonly (keyof Port & string)[]): Port {
    return new Proxy(port, {
      get: (target, key) => {
        const member: unknown = Reflect.get(target, key, target);
        if (typeof member !== "function") return member;
        const call = (...given: unknown[]): unknown => Reflect.apply(member, target, given);
        if (!methods.some((method) => method === key)) return call;
        return (...given: unknown[]) => this.around(`${name}.${String(key)}`, async () => call(...given));
      },
    });
  }

  /** The opener of a modem whose every command has points. */
  opener(opener: ModemOpener): ModemOpener {
    return {
      open: async (signal): Promise<OpenModem> => {
        const modem = await this.around("modem.open", () => opener.open(signal));
        return this.wrap("modem", modem, ["send", "close"]);
      },
    };
  }

  /** The clock whose timers end with the power. */
  clock(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      after: (delay, action) =>
        clock.after(delay, () => {
          if (!this.#isOff) action();
        }),
    };
  }
}

/**
 * Runs a scenario once for each point that it passes, the power going off at the first, the second, …, until it ends with the
 * power on. The scenario makes its world anew each time, wraps its ports with `power`, waits for its end or for `power.off`,
 * starts again on what is left, and checks that.
 * A few scenarios run side by side, so nothing of the world may be shared between them.
 * @returns the places of the cuts
 */
export async function atEveryCut(
  scenario: (power: PowerCut) => Promise<void>,
  together = 6,
): Promise<readonly string[]> {
  const places: string[] = [];
  for (let at = 1; ; at += together) {
    const powers = Array.from({ length: together }, (_, index) => new PowerCut(at + index));
    await Promise.all(powers.map((power) => scenario(power)));
    places.push(...powers.filter(({ isOff }) => isOff).map(({ place }) => place));
    if (powers.some(({ isOff }) => !isOff)) return places;
  }
}
