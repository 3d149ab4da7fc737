import { describe, expect, it } from "vitest";

import type { AtPort } from "../../../src/modem/at-port.ts";

import { createJwt, generateKey, readAttestationToken } from "../../../src/modem/commands/tokens.ts";

import examples from "../../fixtures/vectors/at_examples.json" with { type: "json" };
import { replyOf, ScriptedModem, type ScriptLine } from "../../fakes/scripted-modem.ts";

import { failureOf } from "../rig.ts";

const exampleScript: readonly ScriptLine[] = examples.vectors.map(({ command, response }) => [command, response]);
const modem = (...script: readonly ScriptLine[]): ScriptedModem => new ScriptedModem([...script, ...exampleScript]);
const answering = (text: string): AtPort => ({ send: async () => replyOf(text) });

describe("tokens", () => {
  it("reads the tokens of the examples", async () => {
    const port = modem(['AT%JWT=0,300,"","",5,2', '%JWT: "aa+.b/b.cc=="\r\nOK\r\n']);
    expect(await generateKey(port, { tag: 16, keyType: 2, content: 1 })).toMatch(/^MFkw.*\.0oRD/);
    expect(await generateKey(port, { tag: 52, keyType: 2, content: 0, attributes: "CN=nrf-355025930000000" })).toMatch(
      /^MIH4/,
    );
    expect((await readAttestationToken(port)).length).toBe(180);
    expect((await createJwt(port, { expiry: 300 })).reveal()).toMatch(/^eyJ0eXAi/);
    expect((await createJwt(port, { expiry: 300, key: { tag: 5, type: 2 } })).reveal()).toBe("aa-.b_b.cc");
  });

  it("builds requests as the reference has them", async () => {
    const port = new ScriptedModem([
      [/KEYGEN/, '%KEYGEN: "a.b"\r\nOK\r\n'],
      [/ATTEST/, '%ATTESTTOKEN: "a.b"\r\nOK\r\n'],
    ]);
    await generateKey(port, { tag: 1, keyType: 8 });
    await generateKey(port, { tag: 1, keyType: 2, attributes: "CN=x", usage: "101010000" });
    await generateKey(port, { tag: 1, keyType: 2, usage: "101010000" });
    await readAttestationToken(port, "00112233445566778899aabbccddeeff");
    expect(port.sent).toEqual([
      "AT%KEYGEN=1,8",
      'AT%KEYGEN=1,2,0,"CN=x","101010000"',
      'AT%KEYGEN=1,2,0,"","101010000"',
      'AT%ATTESTTOKEN="00112233445566778899aabbccddeeff"',
    ]);
  });

  it("fails by the modem's reason, and refuses what cannot be asked", async () => {
    const port = modem();
    expect((await failureOf(generateKey(answering("+CME ERROR: 519\r\n"), { tag: 1, keyType: 2 }))).code).toBe(
      "at.already-exists",
    );
    expect((await failureOf(createJwt(answering("+CME ERROR: 525\r\n"), { expiry: 300 }))).code).toBe("at.jwt-failed");
    for (const refused of [
      generateKey(port, { tag: 1, keyType: 2, attributes: 'CN="x"' }),
      generateKey(port, { tag: 1, keyType: 2, usage: "11" }),
      createJwt(port, { expiry: -1 }),
      createJwt(port, { expiry: 300, subject: "a\r\nb" }),
      readAttestationToken(port, "zz"),
    ])
      expect((await failureOf(refused)).code).toBe("at.bad-command");
    expect(port.sent).toEqual([]);
  });

  it("does not repeat an unreadable token in its error", async () => {
    const error = await failureOf(readAttestationToken(answering('%ATTESTTOKEN: "not a token"\r\nOK\r\n')));
    expect(error.code).toBe("at.unreadable");
    expect(JSON.stringify([error.message, error.facts])).not.toContain("not a token");
  });
});
