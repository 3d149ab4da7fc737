import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import type { SystemCipher } from "../../../main/vault/cipher.ts";
import { FileCipher } from "../../../main/vault/file-cipher.ts";
import { Vault } from "../../../main/vault/vault.ts";
import { Secret } from "../../../src/core/secret.ts";
import { VirtualClock } from "../../../src/core/virtual-clock.ts";

export const KEY = new Secret("planted-owner-key-0815");
export const ADDRESS = "https://api.example";

/** A system's store: what one machine seals, another cannot open. */
export function fakeSystem(machine: string, protects = true): SystemCipher {
  const pad = (bytes: Uint8Array): Uint8Array => {
    const key = createHash("sha512").update(machine).digest();
    return bytes.map((byte, index) => byte ^ (key[index % key.length] ?? 0));
  };
  const seal = Buffer.from(`sealed by ${machine} `);
  return {
    protects: () => Promise.resolve(protects),
    seal: (text) => Promise.resolve(Buffer.concat([seal, pad(Buffer.from(text.reveal()))])),
    open(blob) {
      if (!Buffer.from(blob.subarray(0, seal.length)).equals(seal)) return Promise.reject(new Error("not mine"));
      return Promise.resolve(new Secret(Buffer.from(pad(blob.subarray(seal.length))).toString()));
    },
  };
}

/** A folder for vaults, gone after each spec. */
export function vaultRig() {
  const folders: string[] = [];
  afterEach(() => {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
  });
  return () => {
    const folder = mkdtempSync(join(tmpdir(), "station-vault-"));
    folders.push(folder);
    const file = join(folder, "vault.json");
    return {
      ...{ folder, file },
      open: (system: SystemCipher = fakeSystem("this machine")) =>
        Vault.open({ file, system, fallback: new FileCipher(join(folder, "vault.key")), clock: new VirtualClock() }),
      names: () => readdirSync(folder).sort(),
      /** Everything in the folder, as text. */
      everything: () =>
        readdirSync(folder)
          .map((name) => readFileSync(join(folder, name), "latin1"))
          .join("\n"),
    };
  };
}
