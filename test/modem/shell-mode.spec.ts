import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { milliseconds, seconds } from "../../src/core/duration.ts";
import { encodeWireText } from "../../src/core/wire-text.ts";
import { probeMode } from "../../src/modem/probe.ts";
import { deleteSetting, readSetting, writeSetting } from "../../src/modem/settings-shell.ts";
import { shellQuoted, typedCommand } from "../../src/modem/typed-text.ts";
import examples from "../fixtures/vectors/at_examples.json" with { type: "json" };
import { during, failureOf, rig, rigWithModem } from "./rig.ts";

describe("AtChannel in shell mode", () => {
  it.each(examples.vectors)("answers $command as the modem wrote it", async ({ command, response }) => {
    const { channel, clock } = rigWithModem({ shell: true, answer: () => response });
    expect((await during(clock, channel.send(command))).text).toBe(response);
  });

  it("types a certificate with \\n for its line ends and without CR", async () => {
    const { channel, clock, modem } = rigWithModem({ shell: true });
    modem.cfun = 4;
    const pem = `-----BEGIN CERTIFICATE-----\r\n${"MIIBszCCAVmgAwIBAgIUYXNkZmFzZGY\r\n".repeat(20)}-----END CERTIFICATE-----\r\n`;
    const reply = await during(clock, channel.send(`AT%CMNG=0,16842753,0,"${pem}"`));
    expect(reply.text).toBe("OK\r\n");
    expect(modem.shellLines[0]).toBe(`at 'AT%CMNG=0,16842753,0,"${pem.replaceAll("\r\n", "\\n")}"'`);
    expect(modem.credentials.get("16842753,0")).toBe(pem);
  });

  it("waits for the prompt before it types the next command", async () => {
    const { channel, far, clock } = rig({ mode: "shell" });
    far.send("uart:~$ ");
    const first = channel.send("AT");
    const second = channel.send("AT+CFUN?");
    await clock.advance(milliseconds(1));
    far.send("at 'AT'\r\nOK\r\n\r\n");
    await first;
    await clock.advance(milliseconds(100));
    expect(far.received).toBe("at 'AT'\r\n");
    far.send("uart:~$ ");
    await clock.advance(milliseconds(1));
    expect(far.received).toBe("at 'AT'\r\nat 'AT+CFUN?'\r\n");
    far.send("at 'AT+CFUN?'\r\n+CFUN: 1\r\nOK\r\n\r\nuart:~$ ");
    expect((await second).lines).toEqual(["+CFUN: 1"]);
  });

  it("goes on without a prompt where the firmware shows none", async () => {
    const { channel, far, clock } = rig({ mode: "shell" });
    far.onBytes = () => far.send("OK\r\n");
    expect((await during(clock, channel.send("AT"), 10)).text).toBe("OK\r\n");
  });

  it("names the shell that does not know `at`, and the shell that could not send", async () => {
    const { channel, far, clock } = rig({ mode: "shell" });
    far.onBytes = () => far.send("at: command not found\r\nuart:~$ ");
    expect((await during(clock, failureOf(channel.send("AT")))).code).toBe("at.wrong-mode");
    far.onBytes = () => far.send("Sending AT command failed with error code -7\r\nuart:~$ ");
    expect((await during(clock, failureOf(channel.send("AT")))).code).toBe("at.shell-failed");
  });

  it("reads answers between log lines that redraw the prompt", async () => {
    const { channel, far, clock, unsolicited } = rig({ mode: "shell" });
    far.onBytes = () =>
      far.send(
        "uart:~$ at 'AT+CFUN?'\r\n\u001b[8D\u001b[J[00:00:12.345,678] \u001b[0m<inf> app: tick\u001b[0m\r\n\u001b[1;32muart:~$ \u001b[m" +
          "AT event handler:\r\n+CEREG: 1\r\n+CFUN: 4\r\nOK\r\n\r\nuart:~$ ",
      );
    expect((await during(clock, channel.send("AT+CFUN?"))).text).toBe("+CFUN: 4\r\nOK\r\n");
    expect(unsolicited).toEqual(["+CEREG: 1"]);
  });
});

describe("shellQuoted", () => {
  it("types what a shell would change or not take as escapes", () => {
    expect(shellQuoted("it's \\x \\0 \\n")).toBe("'it\\'s \\x5cx \\x5c0 \\n'");
    expect(typedCommand('AT%X="\u00e4\u0001"', "shell")).toBe("at 'AT%X=\"\\xc3\\xa4\\x01\"'");
  });

  it("types printable ASCII only, whatever the text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(shellQuoted(text)).toMatch(/^'[ -~]*'$/);
      }),
    );
  });
});

describe("AtChannel.run", () => {
  it("answers what the shell prints between echo and prompt", async () => {
    const { channel, far, clock } = rig({ mode: "shell" });
    far.onBytes = () => far.send("settings list\r\nprovisioning/interval-sec\r\n\u001b[1;31moops\u001b[m\r\nuart:~$ ");
    expect(await during(clock, channel.run("settings list"))).toEqual(["provisioning/interval-sec", "oops"]);
  });

  it("takes a prompt without echo when nothing follows it", async () => {
    const { channel, far, clock } = rig({ mode: "shell" });
    far.onBytes = () => far.send("\r\na/b\r\nuart:~$ ");
    expect(await during(clock, channel.run("settings list"))).toEqual(["a/b"]);
  });

  it("fails when no prompt comes, in plain AT mode, and for what is not one line", async () => {
    const { channel, clock } = rig({ mode: "shell" });
    expect(await during(clock, failureOf(channel.run("settings list")))).toMatchObject({
      code: "at.timeout",
      facts: { command: "settings list" },
    });
    expect((await failureOf(rig().channel.run("settings list"))).code).toBe("at.wrong-mode");
    expect((await failureOf(channel.run("a\r\nb"))).code).toBe("at.bad-command");
  });
});

describe("probeMode", () => {
  it.each([
    ["at", false, false],
    ["at", false, true],
    ["shell", true, true],
  ] as const)("finds %s", async (mode, shell, echo) => {
    const { channel, clock } = rigWithModem({ shell, echo }, { mode: "at" });
    expect(await during(clock, probeMode(channel))).toBe(mode);
    expect(channel.mode).toBe(mode);
    expect((await during(clock, channel.send("AT+CFUN?"))).text).toBe("+CFUN: 1\r\nOK\r\n");
  });

  it("takes the way that was answered when there is no IMEI", async () => {
    const { channel, clock } = rigWithModem({ answer: (command) => (command === "AT+CGSN" ? "ERROR\r\n" : undefined) });
    expect(await during(clock, probeMode(channel))).toBe("at");
  });

  it("finds the mode of a modem that comes up late", async () => {
    const { channel, clock, modem } = rigWithModem();
    modem.silent = true;
    clock.after(seconds(3), () => {
      modem.silent = false;
      modem.reboot();
    });
    expect(await during(clock, probeMode(channel))).toBe("at");
    expect((await during(clock, channel.send("AT+CFUN?"))).lines).toEqual(["+CFUN: 0"]);
  });

  it("fails as at.silent when nothing answers, and as link.lost when the port goes", async () => {
    const silent = rig();
    expect((await during(silent.clock, failureOf(probeMode(silent.channel)))).code).toBe("at.silent");
    const lost = rig();
    const failure = failureOf(probeMode(lost.channel));
    await lost.clock.advance(seconds(1));
    lost.far.vanish();
    expect((await failure).code).toBe("link.lost");
  });
});

describe("settings shell", () => {
  it.each(["plain", "hex", "string"] as const)("writes and reads back a value in the %s form", async (form) => {
    const { channel, clock, modem } = rigWithModem({ shell: true });
    await during(clock, writeSetting(channel, "provisioning/interval-sec", "99", form));
    expect(modem.settings.get("provisioning/interval-sec")).toBe(form === "string" ? "393900" : "3939");
    const bytes = await during(clock, readSetting(channel, "provisioning/interval-sec"));
    expect([...(bytes ?? [])]).toEqual(form === "string" ? [57, 57, 0] : [57, 57]);
  });

  it("writes long values and bytes of any kind exactly", async () => {
    const { channel, clock } = rigWithModem({ shell: true });
    const value = '\u00e4 it\'s \\x41 "q" '.repeat(10);
    await during(clock, writeSetting(channel, "app/text", value));
    expect(await during(clock, readSetting(channel, "app/text"))).toEqual(encodeWireText(value));
  });

  it("deletes, also by an empty value, and knows what is not there", async () => {
    const { channel, clock, modem } = rigWithModem({ shell: true });
    modem.settings.set("a/b", "00");
    await during(clock, writeSetting(channel, "a/b", ""));
    await during(clock, deleteSetting(channel, "a/b"));
    expect(await during(clock, readSetting(channel, "a/b"))).toBeUndefined();
  });

  it("fails with the board's errno, and for names and values that no shell takes", async () => {
    const { channel, clock } = rigWithModem({ shell: true });
    expect(await during(clock, failureOf(writeSetting(channel, "full/x", "1")))).toMatchObject({
      code: "at.setting-refused",
      facts: { setting: "full/x", errno: 28 },
    });
    for (const [key, value] of [
      ["a b", "1"],
      ["a//b", "1"],
      ["x".repeat(65), "1"],
      ["a/b", "x".repeat(257)],
    ] as const)
      expect((await failureOf(writeSetting(channel, key, value))).code).toBe("at.setting-refused");
  });

  it("fails where the board has no settings shell", async () => {
    const shell = { run: async () => ["settings: command not found"] };
    expect((await failureOf(writeSetting(shell, "a/b", "1"))).code).toBe("at.setting-refused");
    expect((await failureOf(readSetting(shell, "a/b"))).code).toBe("at.setting-refused");
  });
});
