import type { OperatorList } from "../../src/contract/desktop-session.ts";
import type { Handlers } from "../ipc/handlers.ts";
import { shownEntry, withAdded, withChanged, withRemoved, type Entry } from "./operator-list.ts";
import type { OperatorsFile } from "./operators-file.ts";
import { keepPin } from "./pin-hash.ts";
import type { SessionKeeper } from "./session-keeper.ts";

type SessionHandlers = Pick<Handlers, Extract<keyof Handlers, `session.${string}` | `operators.${string}`>>;

/** The requests about who works here. Roles have been checked before. */
export function sessionHandlers(operators: OperatorsFile, session: SessionKeeper): SessionHandlers {
  const listed = (): OperatorList => {
    const { operators: entries, engineerIdleMinutes } = operators.current;
    return { operators: entries.map(shownEntry), engineerIdleMinutes };
  };
  return {
    "session.read": () => session.current,
    "session.signIn": async (asked) => {
      const answer = await session.signIn(asked);
      return answer.kind === "signed-in" ? { ...answer, session: session.current } : answer;
    },
    "session.signOut": () => {
      session.signOut();
      return session.current;
    },
    "operators.list": listed,
    "operators.add": async ({ name, role, pin, badge }) => {
      const entry: Entry = {
        ...{ name, role, enabled: true },
        ...(pin === undefined ? {} : { pin: await keepPin(pin) }),
        ...(badge === undefined ? {} : { badge }),
      };
      const { operators: all } = await operators.change((list) => withAdded(list, entry));
      // Whoever entered the first engineer stands here and has just typed the PIN.
      if (all.length === 1) session.begin(name);
      else session.listChanged(name);
      return listed();
    },
    "operators.change": async ({ name, rename, pin, ...others }) => {
      const kept = pin === undefined ? {} : { pin: pin === null ? null : await keepPin(pin) };
      const renamed = rename === undefined ? {} : { name: rename };
      await operators.change((list) => withChanged(list, name, { ...others, ...kept, ...renamed }));
      session.listChanged(name, rename);
      return listed();
    },
    "operators.remove": async ({ name }) => {
      await operators.change((list) => withRemoved(list, name));
      session.listChanged(name);
      return listed();
    },
    "operators.idle": async ({ minutes }) => {
      await operators.change((list) => ({ ...list, engineerIdleMinutes: minutes }));
      session.timed();
      return listed();
    },
  };
}
