import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeWireText } from "../../src/core/wire-text.ts";
import type { Command, CommandResponse } from "../../src/provisioning/command.ts";
import { credentialEffect } from "../../src/run/credential-command.ts";
import { contentDigests, Ledger } from "../../src/run/ledger.ts";
import { sha256 } from "./support/run-rig.ts";

const at = (command: string, parameters: string): Command => ({
  ...{ kind: "at", id: "x", command, parameters, ignoreCmeErrors: [513] },
});
const ok: CommandResponse = { kind: "at", id: "x", message: "OK\r\n" };

function ledgerOf(...commands: readonly (readonly [Command, CommandResponse | undefined])[]): Ledger {
  const ledger = new Ledger(sha256);
  for (const [command, response] of commands) ledger.take(command, response);
  return ledger;
}

describe("a ledger", () => {
  it("keeps what the modem must hold: written, generated, replaced, deleted", () => {
    const ledger = ledgerOf(
      [at("%CMNG", '0,7,0,"old"'), ok],
      [at("%CMNG", '0,7,0,"new"'), ok],
      [at("%KEYGEN", "7,2,0"), { kind: "at", id: "x", message: '%KEYGEN: "a.b"\r\nOK\r\n' }],
      [at("%cmng", '0,8,4,"board","password"'), ok],
      [at("%CMNG", '0,9,0,"gone"'), ok],
      [at("%CMNG", "3,9,0"), ok],
    );
    expect(ledger.held).toEqual([
      { secTag: 7, credential: 0, ...contentDigests("new", sha256) },
      { secTag: 7, credential: 2, otherForm: true },
      { secTag: 8, credential: 4, ...contentDigests("board", sha256) },
    ]);
  });

  it("counts only what succeeded", () => {
    const ledger = new Ledger(sha256);
    const write = at("%CMNG", '0,7,0,"x"');
    const config: Command = { kind: "config", id: "c", properties: [["a", "1"]] };
    expect(ledger.take(write, { kind: "error", id: "x", cme: 515, message: "+CME ERROR: 515\r\n" })).toBe("error");
    expect(ledger.take(at("%CMNG", "3,7,0"), { kind: "at", id: "x", message: "+CME ERROR: 513\r\n" })).toBe(
      "ignored-error",
    );
    expect(ledger.take(write, { kind: "at", id: "x", message: "ERROR\r\n" })).toBe("error");
    expect(ledger.take(write, { kind: "at", id: "x", message: "+CME ERROR: 0\r\n" })).toBe("error");
    expect(ledger.take({ kind: "finished", id: "f" }, undefined)).toBe("none");
    expect(ledger.take(config, { kind: "error", id: "c", cme: 4_294_967_268, message: "property 0" })).toBe("error");
    expect(ledger.held).toEqual([]);
    expect(ledger.settings.size).toBe(0);
  });

  it("forgets everything after a factory reset", () => {
    expect(ledgerOf([at("%CMNG", '0,7,0,"x"'), ok], [at("%XFACTORYRESET", "0"), ok]).held).toEqual([]);
  });

  it("knows a content by three digests: exact, as a shell hands it on, and whatever its line ends", () => {
    const digest = (text: string): string => sha256(encodeWireText(text));
    expect(contentDigests("a\nb\n", sha256)).toEqual({
      sha256: digest("a\nb\n"),
      shellSha256: digest("a\r\nb\r\n"),
      looseSha256: digest("a\nb"),
    });
    expect(contentDigests("a\r\nb", sha256).looseSha256).toBe(digest("a\nb"));
  });

  it("holds no content", () => {
    const ledger = ledgerOf([at("%CMNG", '0,7,3,"deadbeef","swordfish"'), ok]);
    expect(JSON.stringify([ledger.executed, ledger.held])).not.toMatch(/deadbeef|swordfish/);
  });

  it("reads any command without throwing", () => {
    fc.assert(
      fc.property(fc.constantFrom("%CMNG", "%KEYGEN", "+CFUN"), fc.string({ unit: "binary" }), (name, parameters) => {
        const effect = credentialEffect(name, parameters);
        expect(["write", "generate", "delete", "reset", undefined]).toContain(effect?.kind);
      }),
    );
  });
});
