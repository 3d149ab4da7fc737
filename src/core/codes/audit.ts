import type { CodeTable } from "../error-code.ts";

/** Codes of the audit database, its exports and their verification (src/audit). */
export const AUDIT_CODES = {
  "audit.full": {
    blame: "station",
    retry: true,
    advice: "The disk is full: free some space, then start again; nothing that was confirmed is lost.",
  },
  "audit.unwritable": {
    blame: "station",
    retry: true,
    advice: "The audit database cannot be written: check the disk and the permissions of its folder, then start again.",
  },
  "audit.locked": {
    blame: "station",
    retry: true,
    advice: "Another program is writing to the audit database: close it, then start again.",
  },
  "audit.in-use": {
    blame: "input",
    retry: true,
    advice: "Another station works with this audit database: close that one, or choose another file.",
  },
  "audit.corrupt": {
    blame: "station",
    retry: false,
    advice:
      "The audit database is damaged and was left as it is: put a backup in its place (station restore BACKUP --audit FILE), or put it aside and begin anew (station restore --new --audit FILE).",
  },
  "audit.cut": {
    blame: "station",
    retry: false,
    advice:
      "Signed records are missing from the audit database, left as it is: restore a backup (station restore BACKUP --audit FILE), or put it aside and begin anew (station restore --new --audit FILE).",
  },
  "audit.backup-exists": {
    blame: "input",
    retry: true,
    advice: "There is a file with this name already, and it is never overwritten: choose another name.",
  },
  "audit.backup-damaged": {
    blame: "station",
    retry: false,
    advice: "The record in this file does not hold: keep it as it is, and take an older backup.",
  },
  "audit.foreign": {
    blame: "input",
    retry: false,
    advice: "The file is not an audit database of the station: choose another file.",
  },
  "audit.newer": {
    blame: "input",
    retry: false,
    advice: "A newer version of the station wrote this audit database: update this station, or choose another file.",
  },
  "audit.missing": {
    blame: "input",
    retry: false,
    advice: "The file cannot be read: check its name, its folder and its permissions.",
  },
  "audit.key": {
    blame: "station",
    retry: false,
    advice:
      "The station's signing key does not fit the audit database: put its key folder back, or start with a new file.",
  },
  "audit.busy": {
    blame: "station",
    retry: true,
    advice: "The disk is too slow for the number of slots: wait a moment, then run the slot again.",
  },
  "audit.closed": {
    blame: "station",
    retry: false,
    advice: "The station is closing: start it again, then run the slot again.",
  },
  "audit.conflict": {
    blame: "station",
    retry: false,
    advice: "Two different records claim the same place: run the slot again, and report this to the maintainers.",
  },
  "audit.gap": {
    blame: "station",
    retry: false,
    advice: "A record is missing before this one: run the slot again, and report this to the maintainers.",
  },
  "audit.unknown": {
    blame: "station",
    retry: false,
    advice: "The record belongs to nothing that was started: run the slot again, and report this to the maintainers.",
  },
  "audit.over": {
    blame: "station",
    retry: false,
    advice: "The run is over and takes no more records: run the slot again, and report this to the maintainers.",
  },
  "audit.open-runs": {
    blame: "station",
    retry: true,
    advice: "The batch still has runs in progress: wait until every slot has finished.",
  },
  "audit.recipe": {
    blame: "station",
    retry: false,
    advice: "The recipe changed while it was being recorded: load the recipe again, then start the batch again.",
  },
  "audit.secret": {
    blame: "station",
    retry: false,
    advice: "A record held what looks like a key or token and was refused: report this to the maintainers.",
  },
  "audit.export": {
    blame: "input",
    retry: true,
    advice: "The export could not be written: check the folder and the free space, or choose another file name.",
  },
  "audit.thread": {
    blame: "station",
    retry: true,
    advice: "The history could not be read: try again; when it happens again, restart the station.",
  },
  "audit.serial-used": {
    blame: "station",
    retry: true,
    advice: "The CA has used this serial number before: run the unit again, it then gets another one.",
  },
  "run.interrupted": {
    blame: "person",
    retry: true,
    advice: "The station was switched off or killed during this run: check the board, then run the slot again.",
  },
  "run.claim-interrupted": {
    blame: "person",
    retry: true,
    advice:
      "The station was switched off while it spoke with the owner's service: run the slot again, it then asks the service first what was done.",
  },
} as const satisfies CodeTable;
