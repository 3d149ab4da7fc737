import {
  OPEN_SESSION,
  type Operator,
  type OperatorList,
  type Session,
  type SESSION_REQUESTS,
} from "../../src/contract/desktop-session.ts";
import { StationError } from "../../src/core/error.ts";
import type { Secret } from "../../src/core/secret.ts";

/** Every PIN of the fake station. */
const PIN = "1234";

const PEOPLE: readonly Operator[] = [
  { name: "Ana Duarte", role: "operator", pin: false, enabled: true, badge: "ID-000117" },
  { name: "Bo Lindqvist", role: "operator", pin: true, enabled: true },
  { name: "Chi Nguyen", role: "operator", pin: true, enabled: true, badge: "ID-000131" },
  { name: "Dana Weiss", role: "engineer", pin: true, enabled: true, badge: "ID-000009" },
  { name: "Emil Sommer", role: "engineer", pin: true, enabled: true },
  { name: "Franka Holz", role: "operator", pin: false, enabled: false },
];

type Change = Partial<Pick<Operator, "role" | "enabled">> & {
  readonly name: string;
  readonly rename?: string;
  readonly pin?: Secret | null;
  readonly badge?: string | null;
};

/** A list of operators without rules, for looking at. */
export class FakeOperators {
  #list: readonly Operator[];
  #name: string | undefined;
  #minutes = 10;
  readonly #tell: (session: Session) => void;

  /** `as`: who is signed in; absent: the station is open. */
  constructor(as: "engineer" | "operator" | "nobody" | undefined, tell: (session: Session) => void) {
    this.#list = as === undefined ? [] : PEOPLE;
    this.#name = PEOPLE.find(({ role }) => role === as)?.name;
    this.#tell = tell;
  }

  get session(): Session {
    if (this.#list.length === 0) return OPEN_SESSION;
    const here = this.#list.find(({ name }) => name === this.#name);
    return {
      open: false,
      operator: here === undefined ? null : { name: here.name, role: here.role },
      people: this.#list.filter(({ enabled }) => enabled).map(({ name, role, pin }) => ({ name, role, pin })),
    };
  }

  answer(kind: keyof typeof SESSION_REQUESTS, asks: never): unknown {
    switch (kind) {
      case "session.read":
        return this.session;
      case "session.signIn":
        return this.#signIn(asks);
      case "session.signOut":
        return this.#changed(undefined);
      case "operators.list":
        return this.#shown();
      case "operators.add":
        return this.#add(asks);
      case "operators.change":
        return this.#change(asks);
      case "operators.remove":
        this.#list = this.#list.filter(({ name }) => name !== (asks as { name: string }).name);
        return this.#shown();
      case "operators.idle":
        this.#minutes = (asks as { minutes: number }).minutes;
        return this.#shown();
    }
  }

  #signIn(asked: { name?: string; badge?: string; pin?: Secret }) {
    const person = this.#list.find(({ name, badge }) =>
      asked.badge === undefined ? name === asked.name : badge === asked.badge,
    );
    if (person === undefined) throw new StationError("operators.unknown", "nobody of this badge may sign in");
    const { name } = person;
    if (person.pin && asked.pin === undefined) return { kind: "pin-needed", name };
    if (person.pin && asked.pin?.reveal() !== PIN) throw new StationError("operators.pin", "wrong", { name });
    return { kind: "signed-in", session: this.#changed(name) };
  }

  #changed(name: string | undefined): Session {
    this.#name = name;
    this.#tell(this.session);
    return this.session;
  }

  #add({ name, role, pin, badge }: Pick<Operator, "name" | "role" | "badge"> & { pin?: Secret }): OperatorList {
    const entry = { name, role, enabled: true, pin: pin !== undefined, ...(badge === undefined ? {} : { badge }) };
    const first = this.#list.length === 0;
    this.#list = [...this.#list, entry].toSorted((one, other) => one.name.localeCompare(other.name));
    this.#changed(first ? name : this.#name);
    return this.#shown();
  }

  #change({ name, rename, role, enabled, pin, badge }: Change): OperatorList {
    this.#list = this.#list.map((entry) => {
      if (entry.name !== name) return entry;
      const { badge: before, ...rest } = entry;
      const after = badge === undefined ? before : badge;
      return {
        ...rest,
        name: rename ?? name,
        role: role ?? entry.role,
        enabled: enabled ?? entry.enabled,
        pin: pin === undefined ? entry.pin : pin !== null,
        ...(after === undefined || after === null ? {} : { badge: after }),
      };
    });
    this.#changed(this.#name === name ? (rename ?? name) : this.#name);
    return this.#shown();
  }

  #shown(): OperatorList {
    return { operators: [...this.#list], engineerIdleMinutes: this.#minutes };
  }
}
