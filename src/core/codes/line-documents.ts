import type { CodeTable } from "../error-code.ts";

/** Codes of documents that engineers publish for a line. */
export const LINE_DOCUMENT_CODES = {
  "line.publisher-key": {
    blame: "input",
    retry: false,
    advice:
      "The publisher's key cannot be used: check its file, and its passphrase, or make one with station line key.",
  },
  "line.publisher-key-there": {
    blame: "input",
    retry: false,
    advice: "There is a key in this place already: choose another file, so that none is lost.",
  },
  "line.document-signature": {
    blame: "input",
    retry: false,
    advice:
      "The document is not signed by anybody whom this station trusts: ask the engineer who publishes for the line.",
  },
  "line.document-changed": {
    blame: "input",
    retry: true,
    advice: "The document is not what its publisher signed: fetch it again, and tell the line's engineer.",
  },
  "line.document-withdrawn": {
    blame: "input",
    retry: false,
    advice: "This revision was withdrawn: choose a revision that is published.",
  },
  "line.document-unsigned": {
    blame: "input",
    retry: false,
    advice: "This line starts only what an engineer has signed: choose a published document, or have this published.",
  },
  "line.document-missing": {
    blame: "input",
    retry: false,
    advice: "The line has no such document: look at station line documents for what is published.",
  },
  "line.document-file-missing": {
    blame: "input",
    retry: true,
    advice: "A file that stays at each station is missing: lay it beside the document's copy, as it was published.",
  },
  "line.document-secret": {
    blame: "input",
    retry: false,
    advice: "The recipe holds a secret that others would read: put it into a file of its own, then publish.",
  },
  "line.document-invalid": {
    blame: "input",
    retry: false,
    advice: "The document cannot be published as it is: correct what the facts name.",
  },
  "line.documents-full": {
    blame: "input",
    retry: false,
    advice: "The line has more documents than a station keeps: take old ones out of the bucket.",
  },
  "line.documents-unwritable": {
    blame: "station",
    retry: true,
    advice:
      "The copies of the line's documents cannot be written: free disk space and check the rights of the data folder.",
  },
} as const satisfies CodeTable;
