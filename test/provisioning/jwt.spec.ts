import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seconds } from "../../src/core/duration.ts";
import { StationError } from "../../src/core/error.ts";
import { Secret } from "../../src/core/secret.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { replyOf } from "../../src/cli/conformance/scripted-modem.ts";
import { jwtCommand, makeJwt, modemTime } from "../../src/provisioning/jwt.ts";
import { provisioningOptions, type OptionChanges } from "../../src/provisioning/options.ts";
import { anyText } from "../fakes/session-rig.ts";

const TIME = '%CCLK: "25/10/09,08:53:20+00",0\r\nOK\r\n';

function signer(replies: readonly string[], changes: OptionChanges = {}) {
  const sent: string[] = [];
  const left = [...replies];
  const modem = {
    send: (command: string) => {
      sent.push(command);
      return Promise.resolve(replyOf(left.shift() ?? "OK\r\n"));
    },
  };
  const clock = new VirtualClock(Date.UTC(2026, 2, 1, 8, 5, 9));
  return { sent, ports: { modem, clock, options: provisioningOptions({ http: true, ...changes }) } };
}

describe("the token that the modem signs", () => {
  it("is asked for only when the modem's clock is valid", async () => {
    const { sent, ports } = signer([TIME, '%JWT: "a.b.c"\r\nOK\r\n']);
    const token = await makeJwt(ports);
    expect(token).toMatchObject({ kind: "ok", value: expect.any(Secret) as unknown });
    expect(token.kind === "ok" && token.value.reveal()).toBe("a.b.c");
    expect(sent).toEqual(["AT%CCLK?", 'AT%JWT=0,300,"",""']);
  });

  it("is asked for with the lifetime and the key of the options", () => {
    const options = (changes: OptionChanges) => provisioningOptions({ http: true, ...changes });
    expect(jwtCommand(options({}))).toBe('AT%JWT=0,300,"",""');
    expect(jwtCommand(options({ jwtMaxValidTime: seconds(0) }))).toBe('AT%JWT=0,0,"",""');
    expect(jwtCommand(options({ jwtSecTag: 1234, jwtMaxValidTime: seconds(360) }))).toBe('AT%JWT=0,360,"","",1234,2');
  });

  it("becomes base64url without padding", async () => {
    const { ports } = signer([TIME, '%JWT: "a+b/c=="\r\nOK\r\n']);
    const token = await makeJwt(ports);
    expect(token.kind === "ok" && token.value.reveal()).toBe("a-b_c");
  });

  it("fails with ETIME in strict mode when the modem has no time", async () => {
    const { sent, ports } = signer(["ERROR\r\n"], { compatibility: "strict" });
    expect(await makeJwt(ports)).toMatchObject({ errno: "ETIME", error: { code: "provisioning.modem-time-missing" } });
    expect(sent).toEqual(["AT%CCLK?"]);
  });

  it("is made by default after the modem was given the station's time", async () => {
    const { sent, ports } = signer(["ERROR\r\n", "OK\r\n", TIME, '%JWT: "a.b.c"\r\nOK\r\n']);
    expect(await makeJwt(ports)).toMatchObject({ kind: "ok" });
    expect(sent.slice(0, 3)).toEqual(["AT%CCLK?", 'AT+CCLK="26/03/01,08:05:09+00"', "AT%CCLK?"]);
  });

  it("fails when the modem does not take the time", async () => {
    for (const replies of [
      ["ERROR\r\n", "ERROR\r\n"],
      ["ERROR\r\n", "OK\r\n", "ERROR\r\n"],
    ])
      expect(await makeJwt(signer(replies).ports)).toMatchObject({ errno: "ETIME" });
  });

  it("is not tried on a line that is dead", async () => {
    const { ports } = signer([]);
    const sent: string[] = [];
    const send = (command: string) => {
      sent.push(command);
      return Promise.reject(new StationError("link.lost", "unplugged"));
    };
    expect(await makeJwt({ ...ports, modem: { send } })).toMatchObject({ error: { code: "link.lost" } });
    expect(sent).toEqual(["AT%CCLK?"]);
  });

  it("is refused when it is no token, too long, or an error, and never shown", async () => {
    for (const reply of ["OK\r\n", '%JWT: ""\r\nOK\r\n', '%JWT: "a b"\r\nOK\r\n', "+CME ERROR: 513\r\n"]) {
      const { ports } = signer([TIME, reply]);
      expect(await makeJwt(ports)).toMatchObject({ kind: "failed", error: { code: "provisioning.signing-refused" } });
    }
    const long = await makeJwt(signer([TIME, `%JWT: "${"a".repeat(850)}"\r\nOK\r\n`]).ports);
    expect(long).toMatchObject({ kind: "failed", error: { facts: { limit: { value: 850, unit: "characters" } } } });
    expect(JSON.stringify(long)).not.toContain("aaaa");
  });

  it("has no way out of the Authorization header, whatever the modem says", async () => {
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        const token = await makeJwt(signer([TIME, `%JWT: "${text}"\r\nOK\r\n`]).ports);
        expect(token.kind === "failed" || /^[A-Za-z0-9_.-]+$/.test(token.value.reveal())).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it("carries the station's time in UTC with two digits each", () => {
    expect(modemTime(Date.UTC(2031, 0, 2, 3, 4, 5))).toBe("31/01/02,03:04:05+00");
  });
});
