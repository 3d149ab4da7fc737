import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeWireText } from "../../src/core/wire-text.ts";
import { LONGEST_LINE, makeFramer } from "../../src/simulator/framing.ts";
import type { ReceivedLine } from "../../src/simulator/received-line.ts";
import { readShellLine, SHELL_PROMPT } from "../../src/simulator/shell-line.ts";
import { portRig } from "./port-rig.ts";

const SHELL = { mode: "shell", lead: "" } as const;

/** All lines that a text in pieces of `size` bytes gives. */
function linesOf(mode: "at" | "shell", text: string, size = 1_000_000): readonly ReceivedLine[] {
  const framer = makeFramer({ mode, lead: "" });
  const lines: ReceivedLine[] = [];
  const bytes = encodeWireText(text);
  for (let start = 0; start < bytes.length; start += size) {
    let rest = bytes.subarray(start, start + size);
    while (rest.length > 0) {
      const { used, line } = framer.take(rest, false);
      if (line !== undefined) lines.push(line);
      rest = rest.subarray(used);
    }
  }
  return lines;
}

const command = (text: string) => ({ kind: "command", command: text });

describe("AT framing", () => {
  it.each(["\r", "\n", "\r\n", "\r\r\n"])("ends a line at %j and ignores empty lines", (end) => {
    expect(linesOf("at", `${end}AT${end}${end}AT+CFUN?${end}`)).toEqual([command("AT"), command("AT+CFUN?")]);
  });

  it("keeps line ends within quotes, in any chunking", () => {
    const text = 'AT%CMNG=0,1,0,"a\r\nb\nc\r"\rAT\r';
    const expected = [command('AT%CMNG=0,1,0,"a\r\nb\nc\r"'), command("AT")];
    for (const size of [1, 2, 3, 7, 100]) expect(linesOf("at", text, size)).toEqual(expected);
  });

  it("takes 4096 bytes, answers ERROR to more and goes on with the next line", () => {
    const long = `AT%CMNG=0,1,0,"${"x".repeat(LONGEST_LINE - 16)}"`;
    expect(long).toHaveLength(LONGEST_LINE);
    expect(linesOf("at", `${long}\r`)).toEqual([command(long)]);
    const lines = linesOf("at", `A${long}\n still in the same line\rAT\r`);
    expect(lines.slice(0, 1)).toEqual([{ kind: "reply", text: "ERROR\r\n" }]);
    expect(lines.at(-1)).toEqual(command("AT"));
  });

  it("echoes every byte as it comes when the echo is on", () => {
    const { ask } = portRig({ modem: { echo: true } });
    expect(ask("AT+CMEE?")).toBe("AT+CMEE?\r\n+CMEE: 0\r\nOK\r\n");
    expect(ask("ATE0")).toBe("ATE0\r\nOK\r\n");
    expect(ask("AT")).toBe("OK\r\n");
    expect(ask("ATE1")).toBe("OK\r\n");
    expect(ask("AT")).toBe("AT\r\nOK\r\n");
  });

  it.each(["", "\n", "\r\n"] as const)("writes %j before a reply", (lead) => {
    expect(portRig({ framing: { mode: "at", lead } }).ask("AT")).toBe(`${lead}OK\r\n`);
  });
});

describe("shell framing", () => {
  it("echoes, answers and shows the coloured prompt", () => {
    const { ask, modem } = portRig({ framing: SHELL });
    expect(ask("at AT+CGSN")).toBe(`at AT+CGSN\r\n${modem.board.imei}\r\nOK\r\n\r\n${SHELL_PROMPT}`);
    expect(ask("at 'AT+CMEE?'")).toContain("+CMEE: 0\r\nOK\r\n");
    expect(ask("")).toContain(SHELL_PROMPT);
    expect(ask("AT")).toContain("AT: command not found");
    expect(SHELL_PROMPT.startsWith("\u001b[1;32m")).toBe(true);
  });

  it("turns a typed \\n into CR LF in credential writes", () => {
    const { ask } = portRig({ framing: SHELL, modem: { bootMode: 4 } });
    ask(String.raw`at 'AT%CMNG=0,1,0,"one\ntwo\n"'`);
    expect(ask("at 'AT%CMNG=2,1,0'")).toContain('"one\r\ntwo\r\n"');
  });

  it.each([
    ["at AT", command("AT")],
    ["  at   'AT+CFUN=4'  ", command("AT+CFUN=4")],
    ['at AT%X="a b"', command("AT%X=a b")],
    ["at 'it\\'s'", command("it's")],
    ["at 'AT%KEYGEN=1,2,0,\"CN=a\"'", command('AT%KEYGEN=1,2,0,"CN=a"')],
  ])("reads %j", (text, expected) => {
    expect(readShellLine(text)).toEqual(expected);
  });

  it.each([
    ["at 'open", "Unterminated quote"],
    ["at", "at - Execute an AT command"],
    ["at a b", "wrong parameter count"],
    ["at events_enable", "AT events enabled"],
    ["nrf_provisioning now", "nrf_provisioning: command not found"],
  ])("answers %j itself", (text, expected) => {
    const line = readShellLine(text);
    expect(line).toMatchObject({ kind: "reply" });
    expect(line.kind === "reply" ? line.text : "").toContain(expected);
  });

  it("takes back a character, drops what does not fit, and treats CR LF as one end", () => {
    expect(linesOf("shell", "at ATX\u007f+CFUN?\u0008?\r\n")).toEqual([command("AT+CFUN?")]);
    expect(linesOf("shell", `at '${"x".repeat(5000)}'\r`)[0]).toMatchObject({ kind: "reply" });
  });
});

describe("framing under hostile input", () => {
  it.each(["at", "shell"] as const)("in %s mode never throws, and uses every byte", (mode) => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 600 }), { maxLength: 20 }), (chunks) => {
        const framer = makeFramer({ mode, lead: "" });
        for (const chunk of chunks) {
          let rest: Uint8Array = chunk;
          while (rest.length > 0) {
            const { used, line } = framer.take(rest, true);
            expect(used).toBeGreaterThan(0);
            expect(line?.kind === "command" ? line.command.length : 0).toBeLessThanOrEqual(2 * LONGEST_LINE);
            rest = rest.subarray(used);
          }
        }
      }),
    );
  });
});
