import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { milliseconds, seconds } from "../../src/core/duration.ts";
import { StationError } from "../../src/core/error.ts";
import { encodeWireText } from "../../src/core/wire-text.ts";
import { during, rigWithModem } from "./rig.ts";

const scrap = fc.constantFrom(
  ...[
    "OK\r\n",
    "ERROR\r\n",
    "+CME ERROR: 513\r\n",
    "+CFUN: 0\r\n",
    '+FOO: "broken\r\n',
    '%CMNG: 1,0,"',
    "AT+CFUN?\r\n",
    "uart:~$ ",
  ],
  ...["\u001b[", "\0", '"', "\r", "x", "*** Booting Zephyr ***\r\n", "Ready\r\n", "+CEREG: 1\r\n"],
);
const junk = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.array(scrap, { maxLength: 12 }).map((parts) => encodeWireText(parts.join(""))),
);

/** Junk before, during and after a command, with the modem's own answer left out or not. */
const attack = fc.record({
  before: junk,
  during: junk,
  after: junk,
  silent: fc.boolean(),
  echo: fc.boolean(),
  shell: fc.boolean(),
});

describe("a hostile modem", () => {
  it("cannot hang the channel, nor make it fail otherwise than by the table, nor put an answer out of step", async () => {
    await fc.assert(
      fc.asyncProperty(attack, async ({ before, during: amid, after, silent, echo, shell }) => {
        const { channel, clock, far, modem } = rigWithModem({ echo, shell, delay: milliseconds(20) });
        far.send(before);
        modem.silent = silent;
        clock.after(milliseconds(10), () => far.send(amid));
        clock.after(milliseconds(300), () => far.send(after));
        const first = await during(
          clock,
          channel.send("AT+CMEE?").then(
            () => undefined,
            (error: unknown) => error,
          ),
        );
        expect(first === undefined || first instanceof StationError).toBe(true);
        modem.silent = false;
        await clock.advance(seconds(10));
        far.send("\r\n");
        const answers: (string | undefined)[] = [];
        for (let tried = 0; tried < 3; tried++)
          answers.push(
            await during(
              clock,
              channel.send("AT+CFUN?").then(
                ({ text }) => text,
                () => undefined,
              ),
            ),
          );
        for (const answer of answers) expect([undefined, "+CFUN: 1\r\nOK\r\n"]).toContain(answer);
        expect(answers[2]).toBeDefined();
        await channel.close();
        expect(clock.untilNext()).toBeUndefined();
      }),
      { numRuns: 300 },
    );
  });
});
