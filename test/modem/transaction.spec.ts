import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seconds } from "../../src/core/duration.ts";
import { lasting } from "../../src/core/fact.ts";
import { beginTx, nextTx, readLine, type TxState } from "../../src/modem/transaction.ts";
import examples from "../fixtures/vectors/at_examples.json" with { type: "json" };
import { replyOf } from "../fakes/scripted-modem.ts";

function through(state: TxState, lines: readonly string[]): TxState {
  return lines.reduce((now, line) => {
    const reading = readLine(now, line);
    return reading.kind === "unsolicited" || reading.kind === "noise" ? now : nextTx(now, reading);
  }, state);
}

describe("nextTx", () => {
  it.each(examples.vectors)("builds the reply to $command as the modem wrote it", ({ command, response, final }) => {
    const { lines } = replyOf(response);
    const state = through(beginTx(command, command), [...lines, final]);
    expect(state).toMatchObject({ at: "done", reply: { text: response, lines } });
  });

  it("drops the echo, also wrapped over lines, and only before the answer", () => {
    const command = `AT%KEYGEN=16842753,2,0,"CN=${"d".repeat(100)}"`;
    const state = through(beginTx(command, command), [command.slice(0, 70), command.slice(70), '%KEYGEN: "a.b"', "OK"]);
    expect(state).toMatchObject({ at: "done", reply: { lines: ['%KEYGEN: "a.b"'] } });
    expect(through(beginTx("AT+CGMM", "AT+CGMM"), ["nRF9151-LACA", "AT+CGMM", "OK"])).toMatchObject({
      reply: { lines: ["nRF9151-LACA", "AT+CGMM"] },
    });
  });

  it("keeps notifications and log lines out of the reply", () => {
    const begun = beginTx("AT%CMNG=1", "AT%CMNG=1");
    for (const line of ["+CEREG: 1", '%XTIME: "0"', "+CGEV: ME PDN ACT 0", "#XNRFPROV: 0"])
      expect(readLine(begun, line)).toEqual({ kind: "unsolicited" });
    expect(readLine(begun, "[00:00:01.234,567] <inf> app: hello")).toEqual({ kind: "noise" });
    expect(readLine(begun, "%cmng: 1,0")).toEqual({ kind: "info", text: "%cmng: 1,0" });
  });

  it("takes the answers of a chained command for its own", () => {
    const chained = 'AT%XSUDO=8,"c2ln;%FAKE";%CMNG=1';
    expect(readLine(beginTx(chained, chained), "%CMNG: 1,0").kind).toBe("info");
    expect(readLine(beginTx(chained, chained), "%FAKE: 1").kind).toBe("unsolicited");
  });

  it("never opens again once it has ended", () => {
    const ended: readonly TxState[] = [
      through(beginTx("AT", "AT"), ["OK"]),
      nextTx(beginTx("AT", "AT"), { kind: "timeout", limit: seconds(5) }),
      nextTx(beginTx("AT", "AT"), { kind: "boot" }),
    ];
    for (const state of ended) {
      expect(nextTx(state, { kind: "info", text: "late" })).toBe(state);
      expect(nextTx(state, { kind: "final", text: "OK", final: { kind: "ok" } })).toBe(state);
    }
  });

  it("fails by name and limit when no final result comes", () => {
    const state = nextTx(beginTx("AT+CEREG?", "AT+CEREG?"), { kind: "timeout", limit: seconds(5) });
    expect(state).toMatchObject({ at: "failed", code: "at.timeout", facts: { limit: lasting(seconds(5)) } });
  });

  it("fails as at.overflow when the lines grow beyond the bound, whatever their number", () => {
    const lines = Array.from({ length: 40_000 }, () => "%CMNG: 1");
    expect(through(beginTx("AT%CMNG=1", ""), lines)).toMatchObject({ at: "failed", code: "at.overflow" });
  });

  it("takes OK and ERROR for final only when they are the whole line", () => {
    const begun = beginTx("AT+CGMM", "");
    expect(readLine(begun, "OK then")).toMatchObject({ kind: "info" });
    expect(readLine(begun, "OK")).toMatchObject({ kind: "final", final: { kind: "ok" } });
    expect(readLine(begun, "+CMS ERROR: 524")).toMatchObject({ final: { kind: "cms", code: 524 } });
    expect(readLine(begun, "+CME ERROR: SIM failure")).toMatchObject({ final: { kind: "error" } });
  });

  it("reads any line without failing", () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string({ unit: "binary" }), { maxLength: 20 }), (command, lines) => {
        expect(["waiting", "done", "failed"]).toContain(through(beginTx(command, command), lines).at);
      }),
    );
  });
});
