import type { CodeTable } from "../error-code.ts";

/** Codes of the desktop's vault, which keeps the owner's API keys. */
export const VAULT_CODES = {
  "vault.unprotected": {
    blame: "station",
    retry: false,
    advice:
      "This computer protects no keys: hold the key until the station is closed, give it in the environment, or insist on keeping it.",
  },
  "vault.damaged": {
    blame: "station",
    retry: false,
    advice: "The vault is damaged and was set aside: enter the keys again.",
  },
  "vault.sealed": {
    blame: "station",
    retry: false,
    advice:
      "The kept key was sealed by another computer or user, or its store is locked: unlock it, or enter the key again.",
  },
  "vault.other-address": {
    blame: "station",
    retry: false,
    advice: "The kept key is for another address than the profile's: enter the key of this service.",
  },
  "vault.unreadable": {
    blame: "station",
    retry: true,
    advice: "The vault cannot be read: check that the station may read its data folder, then restart the station.",
  },
  "vault.too-large": {
    blame: "input",
    retry: false,
    advice: "This is more than the vault can hold: choose the file with the key or the credentials alone.",
  },
  "vault.unwritable": {
    blame: "station",
    retry: true,
    advice: "The key could not be kept: check that the station may write to its data folder, then try again.",
  },
} as const satisfies CodeTable;
