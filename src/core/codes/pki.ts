import type { CodeTable } from "../error-code.ts";

/** Codes of CAs of one's own (src/pki): what units ask for, what signs, what is given out. */
export const PKI_CODES = {
  "pki.request-malformed": {
    blame: "unit",
    retry: false,
    advice: "The unit's certificate request cannot be read: update the modem's firmware, or set the unit aside.",
  },
  "pki.request-forged": {
    blame: "unit",
    retry: false,
    advice: "The certificate request is not signed with its own key: set the unit aside and tell the line's engineer.",
  },
  "pki.request-key": {
    blame: "unit",
    retry: false,
    advice: "The certificate request holds a key that is no sound P-256 key: set the unit aside.",
  },
  "pki.subject-incomplete": {
    blame: "input",
    retry: true,
    advice:
      "The CA's subject needs something that is not known of the unit: scan the board serial, or change the subject.",
  },
  "pki.subject-invalid": {
    blame: "input",
    retry: false,
    advice: "The certificate's subject cannot be written with this unit's values: change the subject of the CA.",
  },
  "pki.authority-unknown": {
    blame: "input",
    retry: false,
    advice: "The recipe wants a CA that the profile does not have: add it to the profile, or choose another profile.",
  },
  "pki.authority-unreadable": {
    blame: "input",
    retry: false,
    advice: "The CA's certificate file cannot be read: check its path and that it holds certificates as PEM.",
  },
  "pki.authority-unfit": {
    blame: "input",
    retry: false,
    advice:
      "The CA's certificate may not sign certificates of devices: use the certificate of a CA, with its chain in order.",
  },
  "pki.authority-expired": {
    blame: "input",
    retry: false,
    advice: "The CA's certificate is not valid today: check the computer's clock, or renew the CA.",
  },
  "pki.key-unreadable": {
    blame: "input",
    retry: false,
    advice:
      "The CA's key file cannot be read: check its path, that it holds a private key as PEM, and who may read it.",
  },
  "pki.key-exposed": {
    blame: "input",
    retry: false,
    advice: "Others can read the CA's key file: take their rights to it away (chmod 600), then start again.",
  },
  "pki.key-unfit": {
    blame: "input",
    retry: false,
    advice:
      "The CA's key is of a kind that is not used here: use an EC key on P-256 or P-384, or RSA of 2048 bits or more.",
  },
  "pki.key-mismatch": {
    blame: "input",
    retry: false,
    advice: "The CA's key does not belong to its certificate: name the files that belong together.",
  },
  "pki.passphrase-missing": {
    blame: "input",
    retry: true,
    advice: "The CA's key is encrypted: give its passphrase in the environment variable that the CA names.",
  },
  "pki.passphrase-wrong": {
    blame: "input",
    retry: true,
    advice: "The passphrase does not open the CA's key: check the environment variable that the CA names.",
  },
  "pki.signing-failed": {
    blame: "station",
    retry: true,
    advice: "The CA did not sign: check the files or the device that hold its key, then run the unit again.",
  },
  "pki.no-serial": {
    blame: "station",
    retry: false,
    advice:
      "No unused serial number was found: the computer's random numbers are broken, report it to the maintainers.",
  },
  "pki.files-there": {
    blame: "input",
    retry: false,
    advice: "There is a CA in this folder already, and it is not replaced: choose another folder.",
  },
  "pki.files-unwritable": {
    blame: "input",
    retry: true,
    advice: "The CA's files cannot be written: check the folder and its disk.",
  },
} as const satisfies CodeTable;
