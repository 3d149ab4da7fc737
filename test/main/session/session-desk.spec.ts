import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { answerRequest } from "../../../main/ipc/answer-request.ts";
import type { Handlers } from "../../../main/ipc/handlers.ts";
import { OperatorsFile } from "../../../main/session/operators-file.ts";
import { PinThrottle } from "../../../main/session/pin-throttle.ts";
import { sessionHandlers } from "../../../main/session/session-desk.ts";
import { SessionKeeper } from "../../../main/session/session-keeper.ts";
import type { Session } from "../../../src/contract/desktop-session.ts";
import { parseReply, type Answers, type Asks, type RequestKind } from "../../../src/contract/desktop.ts";
import { minutes, seconds } from "../../../src/core/duration.ts";
import { VirtualClock } from "../../../src/core/virtual-clock.ts";

const DANA_PIN = "730519284";
const SLOW = 30_000;

describe("the requests about who works here", { timeout: SLOW }, () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "session-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function rigWith() {
    const clock = new VirtualClock();
    const told: Session[] = [];
    const replies: unknown[] = [];
    const operators = OperatorsFile.open(join(folder, "operators.json"));
    const keeper = new SessionKeeper({
      ...{ operators, clock, throttle: new PinThrottle(clock) },
      tell: (session) => told.push(session),
    });
    // The window asks for nothing else here.
    const handlers = sessionHandlers(operators, keeper) as Handlers;
    const ask = async <Kind extends RequestKind>(kind: Kind, asks: Asks<Kind>): Promise<Answers<Kind>> => {
      const reply: unknown = structuredClone(await answerRequest(handlers, () => keeper.current, kind, asks));
      replies.push(reply);
      return parseReply(kind, reply);
    };
    const codeOf = async <Kind extends RequestKind>(kind: Kind, asks: Asks<Kind>): Promise<unknown> => {
      try {
        await ask(kind, asks);
        return undefined;
      } catch (error) {
        return (error as { readonly code: string }).code;
      }
    };
    return { clock, told, replies, operators, keeper, ask, codeOf };
  }

  /** A station with Dana the engineer, signed in, and Ana without a PIN. */
  async function peopled() {
    const rig = rigWith();
    await rig.ask("operators.add", { name: "Dana", role: "engineer", pin: DANA_PIN });
    await rig.ask("operators.add", { name: "Ana", role: "operator", badge: "ID-7" });
    return rig;
  }

  it("begin with an open station, which the first engineer closes by entering", async () => {
    const { ask, codeOf, told } = rigWith();
    expect(await ask("session.read", null)).toEqual({ open: true, operator: null, people: [] });
    expect(await codeOf("operators.add", { name: "Ana", role: "operator" })).toBe("operators.first");
    expect(await codeOf("operators.add", { name: "Dana", role: "engineer" })).toBe("operators.first");
    const { operators } = await ask("operators.add", { name: "Dana", role: "engineer", pin: DANA_PIN });
    expect(operators).toEqual([{ name: "Dana", role: "engineer", pin: true, enabled: true }]);
    expect(told.at(-1)).toMatchObject({ open: false, operator: { name: "Dana", role: "engineer" } });
  });

  it("sign a name in without a PIN, by its badge too, and out again", async () => {
    const { ask, codeOf, keeper } = await peopled();
    expect(await ask("session.signIn", { name: "Ana" })).toMatchObject({
      kind: "signed-in",
      session: { operator: { name: "Ana", role: "operator" } },
    });
    expect(await codeOf("operators.list", null)).toBe("desktop.not-allowed");
    await ask("session.signOut", null);
    expect(keeper.current.operator).toBeNull();
    await ask("session.signIn", { badge: "ID-7" });
    expect(keeper.current.operator?.name).toBe("Ana");
    expect(await codeOf("session.signIn", { badge: "ID-8" })).toBe("operators.unknown");
    expect(await codeOf("session.signIn", { name: "Nobody" })).toBe("operators.unknown");
  });

  it("ask for the PIN of a name that has one, refuse a wrong one, and make only that name wait", async () => {
    const { ask, codeOf, clock, keeper } = await peopled();
    await ask("session.signOut", null);
    expect(await ask("session.signIn", { name: "Dana" })).toEqual({ kind: "pin-needed", name: "Dana" });
    expect(await codeOf("session.signIn", { name: "Dana", pin: "0000" })).toBe("operators.pin");
    expect(await codeOf("session.signIn", { name: "Dana", pin: DANA_PIN })).toBe("operators.wait");
    await ask("session.signIn", { name: "Ana" });
    await clock.advance(seconds(1));
    await ask("session.signIn", { name: "Dana", pin: DANA_PIN });
    expect(keeper.current.operator).toEqual({ name: "Dana", role: "engineer" });
  });

  it("look at one PIN only when many come at once", async () => {
    const { ask, codeOf } = await peopled();
    await ask("session.signOut", null);
    const tries = ["0000", "1111", DANA_PIN, "2222"].map((pin) => codeOf("session.signIn", { name: "Dana", pin }));
    expect(await Promise.all(tries)).toEqual(["operators.pin", "operators.wait", "operators.wait", "operators.wait"]);
  });

  it("sign an engineer out after the idle time, not before, and never an operator", async () => {
    const { ask, clock, keeper, told } = await peopled();
    await ask("operators.idle", { minutes: 2 });
    await clock.advance(seconds(119));
    keeper.touch();
    await clock.advance(seconds(119));
    expect(keeper.current.operator?.name).toBe("Dana");
    await clock.advance(seconds(2));
    expect(told.at(-1)?.operator).toBeNull();
    await ask("session.signIn", { name: "Ana" });
    await clock.advance(minutes(600));
    expect(keeper.current.operator?.name).toBe("Ana");
  });

  it("sign an engineer out whose computer slept, before anything is asked", async () => {
    const { clock, codeOf } = await peopled();
    clock.jump(minutes(11));
    expect(await codeOf("operators.list", null)).toBe("desktop.not-allowed");
  });

  it("follow a change of the list: renamed stays in, demoted loses rights, disabled is out", async () => {
    const { ask, codeOf, keeper } = await peopled();
    await ask("operators.add", { name: "Emil", role: "engineer", pin: "4711" });
    await ask("operators.change", { name: "Dana", rename: "Dana Weiss" });
    expect(keeper.current.operator?.name).toBe("Dana Weiss");
    await ask("operators.change", { name: "Dana Weiss", role: "operator" });
    expect(keeper.current.operator).toEqual({ name: "Dana Weiss", role: "operator" });
    expect(await codeOf("operators.list", null)).toBe("desktop.not-allowed");
    await ask("session.signIn", { name: "Emil", pin: "4711" });
    expect(await codeOf("operators.remove", { name: "Emil" })).toBe("operators.last-engineer");
    await ask("operators.change", { name: "Dana Weiss", enabled: false });
    expect(await codeOf("session.signIn", { name: "Dana Weiss", pin: DANA_PIN })).toBe("operators.unknown");
  });

  it("never give a PIN out: not on the disk, in replies, in news or in errors", async () => {
    const { ask, codeOf, clock, replies, told, operators, keeper } = await peopled();
    const planted = "90417263";
    await ask("operators.change", { name: "Ana", pin: planted });
    await codeOf("session.signIn", { name: "Ana", pin: "55502918" });
    await clock.advance(seconds(1));
    await ask("session.signIn", { name: "Ana", pin: planted });
    await codeOf("session.signIn", { name: "Ana", pin: `${planted}999999` });
    await codeOf("operators.add", { name: "Bo", role: "operator", pin: planted });
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), "utf8"));
    const seen = [files, replies, told, operators.current, keeper.current];
    const text = `${JSON.stringify(seen)} ${inspect(seen, { depth: 20 })}`;
    for (const pin of [planted, DANA_PIN, "55502918"]) expect(text).not.toContain(pin);
  });
});
