import type { CodeTable } from "../error-code.ts";

/** Codes of the files that a person writes: recipe, fixture, profile, serials, and what they name. */
export const FILE_CODES = {
  "file.missing": {
    blame: "input",
    retry: false,
    advice: "The file does not exist: check its name and place.",
  },
  "file.unreadable": {
    blame: "input",
    retry: false,
    advice: "The file cannot be read: check that it is a file and that the station's user may read it.",
  },
  "file.too-large": {
    blame: "input",
    retry: false,
    advice: "The file is larger than the limit: check that it is the right one.",
  },
  "file.not-text": {
    blame: "input",
    retry: false,
    advice: "The file is not UTF-8 text: save it as UTF-8.",
  },
  "file.syntax": {
    blame: "input",
    retry: false,
    advice: "The file is not valid YAML or JSON: correct it at the place given.",
  },
  "file.invalid": {
    blame: "input",
    retry: false,
    advice: "The file has wrong or missing fields: correct each place given.",
  },
  "file.outside": {
    blame: "input",
    retry: false,
    advice: "The file leads out of its folder: keep named files in or below the folder of the file that names them.",
  },
  "file.certificate": {
    blame: "input",
    retry: false,
    advice: "The file is not a certificate in PEM form: replace it.",
  },
  "file.key": {
    blame: "input",
    retry: false,
    advice: "The file or variable is not a private key in PEM form, or its password is wrong: replace it.",
  },
  "file.psk": {
    blame: "input",
    retry: false,
    advice: "The pre-shared key must be pairs of hex digits: correct the file or variable.",
  },
  "file.secret-missing": {
    blame: "input",
    retry: false,
    advice: "The environment variable is not set: set it before the station starts.",
  },
  "file.secret-inside": {
    blame: "input",
    retry: false,
    advice: "Take the secret out of the recipe, and name a file or an environment variable that holds it instead.",
  },
  "file.values": {
    blame: "input",
    retry: false,
    advice: "The recipe and its value file do not fit each other, or rows are wrong: correct each place given.",
  },
  "file.csv": {
    blame: "input",
    retry: false,
    advice: "The serials file is wrong at the line given: each line holds slot,serial.",
  },
} as const satisfies CodeTable;
