import { describe, expect, it } from "vitest";
import { milliseconds } from "../../src/core/duration.ts";
import type { BoardNotice } from "../../src/modem/board-notice.ts";
import { isRegistered, readRegistration } from "../../src/modem/commands/registration.ts";
import { ScriptedModem } from "../fakes/scripted-modem.ts";
import { during, failureOf, rig } from "./rig.ts";

const PROMPT = "\u001b[1;32muart:~$ \u001b[m";
const LOG = "[00:00:12.345,678] <inf> app: tick";

/** A channel with what it notices. */
function watched(mode: "at" | "shell" = "at") {
  const parts = rig({ mode });
  const notices: BoardNotice[] = [];
  const end = parts.channel.watch((notice) => notices.push(notice));
  return { ...parts, notices, end };
}

describe("what a board tells of its own accord", () => {
  it("comes between answers and within them, notifications and log lines alike", async () => {
    const { channel, far, clock, notices } = watched();
    far.send("\r\n#XNRFPROV: 1\r\n");
    far.onBytes = () => far.send(`+CEREG: 1\r\n${LOG}\r\n+CFUN: 1\r\nOK\r\n`);
    await channel.send("AT+CFUN?");
    far.send("<err> app: without a time\r\n");
    await clock.advance(milliseconds(1));
    expect(notices).toEqual([
      { kind: "notification", line: "#XNRFPROV: 1" },
      { kind: "notification", line: "+CEREG: 1" },
      { kind: "log", line: LOG },
      { kind: "log", line: "<err> app: without a time" },
    ]);
  });

  it("is read between the prompts of a shell that redraws them", async () => {
    const { far, clock, notices } = watched("shell");
    far.send(`${PROMPT}\u001b[8D\u001b[J${LOG}\r\n${PROMPT}\u001b[8D\u001b[J${LOG}\r\n${PROMPT}`);
    await clock.advance(milliseconds(1));
    expect(notices).toEqual([
      { kind: "log", line: LOG },
      { kind: "log", line: LOG },
    ]);
  });

  it("says when the board starts anew, once it has answered", async () => {
    const { channel, far, clock, notices } = watched();
    far.send("Ready\r\n");
    far.onBytes = () => far.send("OK\r\n");
    await channel.send("AT");
    far.send("*** Booting nRF Connect SDK v3.1.0 ***\r\n");
    await clock.advance(milliseconds(1));
    expect(notices).toEqual([{ kind: "restart" }]);
    expect((await during(clock, failureOf(channel.send("AT")))).code).toBe("at.rebooted");
  });

  it("says once that the link is gone, and why", async () => {
    const { far, clock, notices, channel } = watched();
    far.vanish();
    await clock.advance(milliseconds(1));
    await channel.close();
    expect(notices).toMatchObject([{ kind: "lost", error: { code: "link.lost" } }]);
  });

  it("is told no more once nobody wants it", async () => {
    const { far, clock, notices, end } = watched();
    end();
    far.send("#XNRFPROV: 0\r\n");
    await clock.advance(milliseconds(1));
    expect(notices).toEqual([]);
  });
});

describe("the registration", () => {
  it.each([
    ["+CEREG: 0,1", 1, true],
    ['+CEREG: 5,5,"0A0B","01234567",7,,,"11100000","11100000"', 5, true],
    ["+CEREG: 0,2", 2, false],
    ["+CEREG: 2,90", 90, false],
  ])("of %s is %i", async (line, state, registered) => {
    const modem = new ScriptedModem([["AT+CEREG?", `${line}\r\nOK\r\n`]]);
    expect(await readRegistration(modem)).toBe(state);
    expect(isRegistered(state)).toBe(registered);
  });

  it.each(["+CEREG: 1", "+CEREG: x,1", "+CEREG: 0,1234", "+COPS: 0"])("cannot be read from %s", async (line) => {
    const modem = new ScriptedModem([["AT+CEREG?", `${line}\r\nOK\r\n`]]);
    expect((await failureOf(readRegistration(modem))).code).toBe("at.unreadable");
  });
});
