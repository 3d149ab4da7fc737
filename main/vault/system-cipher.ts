import { safeStorage } from "electron";
import { Secret } from "../../src/core/secret.ts";
import type { SystemCipher } from "./cipher.ts";

/** What newer Electrons have beside the calls that block while the system's store is opened. */
type AsyncStorage = Partial<
  Pick<Electron.SafeStorage, "isAsyncEncryptionAvailable" | "encryptStringAsync" | "decryptStringAsync">
>;

/** What every Electron has. */
type BlockingStorage = {
  isEncryptionAvailable(): boolean;
  encryptString(text: string): Buffer;
  decryptString(sealed: Buffer): string;
};

/** Seals by Electron's `safeStorage`. */
export function systemCipher(): SystemCipher {
  const later: AsyncStorage = safeStorage;
  const atOnce: BlockingStorage = safeStorage;
  return {
    async protects() {
      // Where Linux has no store, Electron would seal with a password that everybody knows.
      if (process.platform === "linux") {
        const backend = safeStorage.getSelectedStorageBackend();
        if (backend === "basic_text" || backend === "unknown") return false;
      }
      return later.isAsyncEncryptionAvailable?.() ?? atOnce.isEncryptionAvailable();
    },
    async seal(text) {
      return (await later.encryptStringAsync?.(text.reveal())) ?? atOnce.encryptString(text.reveal());
    },
    async open(blob) {
      const sealed = Buffer.from(blob);
      const opened = await later.decryptStringAsync?.(sealed);
      return new Secret(opened === undefined ? atOnce.decryptString(sealed) : opened.result);
    },
  };
}
