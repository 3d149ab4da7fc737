import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { redactAtCommand, redactAtReply } from "../../src/core/at-redaction.ts";
import type { Sha256 } from "../../src/core/digest.ts";
import { milliseconds, seconds } from "../../src/core/duration.ts";
import { encodeWireText, decodeWireText } from "../../src/core/wire-text.ts";
import type { AtPort } from "../../src/modem/at-port.ts";
import { readClock } from "../../src/modem/commands/clock.ts";
import { listCredentials, readCredential } from "../../src/modem/commands/credentials.ts";
import { readFunctionalMode } from "../../src/modem/commands/functional-mode.ts";
import * as identity from "../../src/modem/commands/identity.ts";
import { readRegistration } from "../../src/modem/commands/registration.ts";
import { readErrorReports } from "../../src/modem/commands/session.ts";
import { createJwt, generateKey, readAttestationToken } from "../../src/modem/commands/tokens.ts";
import { LINE_LIMIT, LineSplitter } from "../../src/modem/line-splitter.ts";
import { deleteSetting, readSetting, writeSetting } from "../../src/modem/settings-shell.ts";
import { beginTx, nextTx, readLine } from "../../src/modem/transaction.ts";
import { parseShellLine } from "../../src/provisioning/shell.ts";
import { during, rigWithModem } from "../modem/rig.ts";
import { assertSurvives, type Target } from "./support/fuzz.ts";
import { assertHidden, endOf, refusalOf } from "./support/refusal.ts";

const SECRET = "Zm9yIG5vYm9keSdzIGV5ZXM";
const sha256: Sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

const TARGET: Target = {
  corpus: "at",
  dictionary: [
    ...["\r\n", "\r", "\n", '"', ",", ":", "OK\r\n", "ERROR\r\n", "+CME ERROR: 513\r\n", "+CMS ERROR: 99999999999\r\n"],
    ...['%CMNG: 1,0,"', "%KEYGEN: ", "%JWT: ", "%ATTESTTOKEN: ", "%CCLK: ", "+CFUN: ", "+CEREG: 1\r\n", "%XICCID: "],
    ...["uart:~$ ", "\u001b[1;32m", "\u001b[", "\u001b[m", "at '", "AT%CMNG=0,1,2,", 'AT%XSUDO=1,"";', "Ready\r\n"],
    ...[
      "*** Booting Zephyr ***\r\n",
      "-----BEGIN ",
      "-----END ",
      "Failed to write: -28\r\n",
      "00000000: 41 ",
      "\0",
      "\u00ff",
    ],
    ...[SECRET, "99999999999999999999", "-1"],
  ],
};

const chunksOf = (bytes: Uint8Array, size: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );

describe("bytes of a modem", () => {
  it("become lines that are short, never more than came, and the same in any chunks", async () => {
    await assertSurvives(TARGET, ({ bytes }) => {
      const read = (size: number): readonly unknown[] => {
        const splitter = new LineSplitter();
        const events = chunksOf(bytes, size).flatMap((chunk) => splitter.push(chunk));
        const lines = [...events, ...splitter.resync()].flatMap((event) => (event.kind === "line" ? [event.text] : []));
        expect(lines.reduce((sum, line) => sum + line.length, 0)).toBeLessThanOrEqual(bytes.length);
        expect(Math.max(0, ...lines.map((line) => line.length))).toBeLessThanOrEqual(LINE_LIMIT + 16_384);
        splitter.clear();
        expect(splitter.push(encodeWireText("\r\nOK\r\n"))).toEqual([{ kind: "line", text: "OK" }]);
        return lines;
      };
      if (bytes.length < LINE_LIMIT) expect(read(7)).toEqual(read(bytes.length + 1));
      else for (const size of [4096, bytes.length]) read(size);
    });
  });

  it("end a transaction once, within its limit, and never open it again", async () => {
    await assertSurvives(TARGET, ({ bytes }) => {
      const splitter = new LineSplitter();
      let state = beginTx("AT%CMNG=1", "AT%CMNG=1");
      for (const event of splitter.push(bytes)) {
        const before = state;
        const reading = event.kind === "line" ? readLine(state, event.text) : event;
        if (reading.kind !== "unsolicited" && reading.kind !== "noise") state = nextTx(state, reading);
        if (before.at !== "waiting") expect(state).toBe(before);
      }
      if (state.at === "done") expect(state.reply.text.length).toBeLessThanOrEqual(2 * LINE_LIMIT);
    });
  });

  it("are an answer of their form for every command, or a refusal that does not repeat them", async () => {
    const readers: readonly ((port: AtPort) => Promise<unknown>)[] = [
      ...Object.values(identity),
      ...[readClock, readFunctionalMode, readErrorReports, readRegistration, listCredentials, readAttestationToken],
      (port) => readCredential(port, 1, 0),
      (port) => generateKey(port, { tag: 1, keyType: 2 }),
      (port) => createJwt(port, { expiry: 300 }),
    ];
    await assertSurvives(TARGET, async ({ bytes }) => {
      const lines = new LineSplitter().push(bytes).flatMap((event) => (event.kind === "line" ? [event.text] : []));
      const reply = { final: { kind: "ok" } as const, lines, text: [...lines, "OK", ""].join("\r\n") };
      for (const read of readers) await endOf(() => read({ send: async () => reply }), [SECRET]);
      const shell = { run: async () => lines };
      await endOf(() => readSetting(shell, "app/key"));
      await endOf(() => deleteSetting(shell, "app/key"));
      await endOf(() => writeSetting(shell, "app/key", SECRET), [SECRET]);
    });
  });

  it("are shown without what a credential, a password or a token holds", async () => {
    await assertSurvives(TARGET, ({ bytes, text }) => {
      const wire = decodeWireText(bytes);
      parseShellLine(wire);
      for (const command of [wire, text, `AT%CMNG=1,2,${wire}`]) {
        expect(redactAtCommand(command, sha256).length).toBeLessThan(40 * command.length + 1000);
        redactAtReply(command, wire, sha256);
      }
      for (const command of [`AT%CMNG=0,1,2,"${SECRET}"${wire}`, `AT%CMNG=0,1,2,"${wire}${SECRET}"`])
        assertHidden(redactAtCommand(command, sha256), [SECRET]);
      for (const command of ["AT%CMNG=2,1,0", "AT%ATTESTTOKEN", "AT%KEYGEN=1,2"])
        assertHidden(redactAtReply(command, `${wire}\r\n%X: "${SECRET}"\r\nOK\r\n`, sha256), [SECRET]);
    });
  });

  it("before, during and after a command cannot hang the channel, and the command after them is answered", async () => {
    await assertSurvives({ ...TARGET, cost: 6 }, async ({ bytes }) => {
      const { channel, clock, far, modem } = rigWithModem({ delay: milliseconds(20) });
      const third = Math.ceil(bytes.length / 3);
      const [before = bytes, amid = bytes, after = bytes] = chunksOf(bytes, Math.max(1, third));
      far.send(before);
      modem.silent = bytes.length % 2 === 0;
      clock.after(milliseconds(10), () => far.send(amid));
      clock.after(milliseconds(300), () => far.send(after));
      await during(
        clock,
        channel.send("AT+CMEE?").catch((error: unknown) => refusalOf(error, [])),
      );
      modem.silent = false;
      await clock.advance(seconds(10));
      far.send("\r\n");
      const answers: unknown[] = [];
      for (let tried = 0; tried < 3; tried++)
        answers.push(
          await during(
            clock,
            channel.send("AT+CFUN?").catch((error: unknown) => refusalOf(error)),
          ),
        );
      expect(answers[2]).toMatchObject({ lines: ["+CFUN: 1"] });
      await channel.close();
      expect(clock.untilNext()).toBeUndefined();
    });
  });
});
