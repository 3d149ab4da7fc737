import { describe, expect, it } from "vitest";

import { Secret } from "../../../src/core/secret.ts";

import type { AtPort } from "../../../src/modem/at-port.ts";

import {
  deleteCredential,
  listCredentials,
  readCredential,
  writeCredential,
} from "../../../src/modem/commands/credentials.ts";

import examples from "../../fixtures/vectors/at_examples.json" with { type: "json" };
import { replyOf, ScriptedModem, type ScriptLine } from "../../fakes/scripted-modem.ts";

import { failureOf } from "../rig.ts";

const exampleScript: readonly ScriptLine[] = examples.vectors.map(({ command, response }) => [command, response]);
const modem = (...script: readonly ScriptLine[]): ScriptedModem => new ScriptedModem([...script, ...exampleScript]);
const answering = (text: string): AtPort => ({ send: async () => replyOf(text) });

describe("credentials", () => {
  const digest = "2c43952ee9e000ff2acc4e2ed0897c0a72ad5fa72c3d934e81741cbd54f05bd1";

  it("lists entries with their digests, also none and those of the modem's own tags", async () => {
    const port = modem();
    expect(await listCredentials(port)).toEqual([]);
    expect(await listCredentials(port, { tag: 42384, type: 0 })).toEqual([{ tag: 42384, type: 0, sha256: digest }]);
    expect(await listCredentials(port, { tag: 16842753 })).toHaveLength(2);
    expect(await listCredentials(answering('%CMNG: 4294967292,11\r\n%CMNG: 1,0,""\r\nOK\r\n'))).toEqual([
      { tag: 4294967292, type: 11 },
      { tag: 1, type: 0 },
    ]);
  });

  it("passes over stray bytes before an entry", async () => {
    const list = answering(`\u0000\udcff\r\n\udcfe~\r\n%CMNG: 42384,0,"${digest}"\r\nOK\r\n`);
    expect(await listCredentials(list)).toEqual([{ tag: 42384, type: 0, sha256: digest }]);
  });

  it("refuses a list with a line that is no entry", async () => {
    for (const line of [
      "%CMNG: 1",
      "%CMNG: x,0",
      "%CMNG: -1,0",
      '%CMNG: 1,0,"12"',
      '%CMNG: 1,0,"12',
      "%CMNG: 4294967296,0",
      "junk",
    ])
      expect((await failureOf(listCredentials(answering(`${line}\r\nOK\r\n`)))).code).toBe("at.unreadable");
    const many = "%CMNG: 1,0\r\n".repeat(1001);
    expect((await failureOf(listCredentials(answering(`${many}OK\r\n`)))).code).toBe("at.unreadable");
  });

  it("writes text and secrets, with the password of an encrypted key", async () => {
    const port = new ScriptedModem([[/^AT%CMNG=0/, "OK\r\n"]]);
    await writeCredential(port, { tag: 1, type: 0, content: "a\nb" });
    await writeCredential(port, { tag: 1, type: 2, content: new Secret("key"), password: new Secret("pw") });
    expect(port.sent).toEqual(['AT%CMNG=0,1,0,"a\nb"', 'AT%CMNG=0,1,2,"key","pw"']);
  });

  it("refuses content that cannot be sent, without naming it", async () => {
    const bad = [
      { tag: 1, type: 2, content: "" },
      { tag: 1, type: 2, content: 'a"b' },
      { tag: 2_147_483_648, type: 2, content: "x" },
      { tag: 1.5, type: 2, content: "x" },
      { tag: 1, type: 2, content: "x", password: new Secret('"') },
    ];
    for (const write of bad) {
      const error = await failureOf(writeCredential(new ScriptedModem(), write));
      expect(error.code).toBe("at.bad-command");
      expect(JSON.stringify(error.facts)).not.toContain('a"b');
    }
  });

  it("reads a credential back with its line ends", async () => {
    const text = `%CMNG: 42384,0,"${digest.toUpperCase()}","-----BEGIN\r\nx\n"\r\nOK\r\n`;
    expect(await readCredential(answering(text), 42384, 0)).toEqual({
      tag: 42384,
      type: 0,
      sha256: digest,
      content: "-----BEGIN\r\nx\n",
    });
    expect((await failureOf(readCredential(answering("+CME ERROR: 513\r\n"), 1, 0))).code).toBe("at.not-found");
    expect((await failureOf(readCredential(answering("%CMNG: 1,0\r\nOK\r\n"), 1, 0))).code).toBe("at.unreadable");
  });

  it("tells whether there was something to delete", async () => {
    expect(await deleteCredential(answering("OK\r\n"), 1, 2)).toBe(true);
    expect(await deleteCredential(answering("+CME ERROR: 513\r\n"), 1, 2)).toBe(false);
    expect((await failureOf(deleteCredential(answering("+CME ERROR: 518\r\n"), 1, 2))).code).toBe("at.modem-active");
  });
});
