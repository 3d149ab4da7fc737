import type { CodeTable } from "../error-code.ts";

/** Codes of the phases of a run (src/run). */
export const RUN_CODES = {
  "run.phase-limit": {
    blame: "station",
    retry: true,
    advice: "A step took longer than its limit: check the network and the service, then run the slot again.",
  },
  "run.store-silent": {
    blame: "station",
    retry: true,
    advice: "The audit record did not confirm a write in time: check the station's disk, then run the slot again.",
  },
  "run.admission-silent": {
    blame: "station",
    retry: true,
    advice:
      "The station core did not answer the slot in time: run the slot again, and restart the station if it stays so.",
  },
  "run.answer-silent": {
    blame: "station",
    retry: true,
    advice: "The station core did not answer the slot in time: check the station's disk, then run the slot again.",
  },
  "run.order-invalid": {
    blame: "station",
    retry: false,
    advice: "The station gave its worker an order that cannot be read: report the facts to the maintainers.",
  },
  "run.identity-unreadable": {
    blame: "unit",
    retry: true,
    advice: "The modem does not tell who it is: reset the board and run it again; if it stays, replace the unit.",
  },
  "run.wrong-model": {
    blame: "unit",
    retry: false,
    advice: "The recipe is not for this modem: check that the right board and the right recipe are in use.",
  },
  "run.wrong-hardware": {
    blame: "unit",
    retry: false,
    advice: "The recipe is not for this modem hardware: put the unit aside, or choose the recipe of its product.",
  },
  "run.firmware-other-kind": {
    blame: "unit",
    retry: false,
    advice:
      "The modem runs a firmware of another kind than the recipe names: load the recipe's firmware, then run it again.",
  },
  "run.firmware-unknown": {
    blame: "unit",
    retry: false,
    advice: "The modem firmware's version cannot be read from its name: update the modem to a released firmware.",
  },
  "run.firmware-too-old": {
    blame: "unit",
    retry: false,
    advice: "The modem firmware is older than the recipe allows: update it, then run the unit again.",
  },
  "run.firmware-too-new": {
    blame: "unit",
    retry: false,
    advice:
      "The modem firmware is newer than the recipe allows: use the firmware of the recipe, or release a new recipe.",
  },
  "run.serial-missing": {
    blame: "input",
    retry: true,
    advice: "The recipe wants a board serial: scan the board's label, then start the slot again.",
  },
  "run.serial-pattern": {
    blame: "input",
    retry: true,
    advice:
      "The scanned board serial does not look as the recipe says: scan the right label, then start the slot again.",
  },
  "run.token-of-other-unit": {
    blame: "unit",
    retry: false,
    advice: "The modem's attestation token names another device than the modem itself: set the unit aside.",
  },
  "run.token-of-other-model": {
    blame: "unit",
    retry: false,
    advice:
      "The modem's attestation token names another kind of modem than the modem itself: set the unit aside, it may not be genuine.",
  },
  "run.claimed-other-unit": {
    blame: "service",
    retry: false,
    advice:
      "The service claimed another device than the one in the slot: tell the service's owner, and set the unit aside.",
  },
  "run.owner-missing": {
    blame: "input",
    retry: false,
    advice: "The recipe claims units, and the profile names no owner API: add it to the profile, or claim elsewhere.",
  },
  "run.transport-missing": {
    blame: "input",
    retry: false,
    advice: "The profile has no host for its transport: add it to the profile, or choose the other transport.",
  },
  "run.nothing-executed": {
    blame: "service",
    retry: false,
    advice:
      "The service had no commands for this unit: check that it was claimed and its commands queued, then run it again.",
  },
  "run.commands-missing": {
    blame: "service",
    retry: false,
    advice:
      "The service did not send every command of the recipe: check what is queued for this unit, then run it again.",
  },
  "run.not-finished": {
    blame: "service",
    retry: false,
    advice: "The service never sent the end of the recipe: check what is queued for this unit, then run it again.",
  },
  "run.command-failed": {
    blame: "unit",
    retry: false,
    advice:
      "The modem refused a provisioning command: look up its error code, check the recipe, then run the unit again.",
  },
  "run.result-unreported": {
    blame: "service",
    retry: true,
    advice: "Commands ran, but the service did not confirm their results: check the service, then run the unit again.",
  },
  "run.content-differs": {
    blame: "service",
    retry: false,
    advice:
      "The service sent another certificate or setting than the recipe holds: check who else queues commands for this unit.",
  },
  "run.credential-missing": {
    blame: "unit",
    retry: true,
    advice: "A credential that was written is not in the modem: run the unit again; if it stays, replace the unit.",
  },
  "run.credential-different": {
    blame: "unit",
    retry: true,
    advice:
      "A credential in the modem differs from what was written: run the unit again; if it stays, replace the unit.",
  },
  "run.credential-unexpected": {
    blame: "unit",
    retry: false,
    advice: "The modem holds a credential that the recipe did not write: delete it, or allow it in the recipe.",
  },
  "run.tag-occupied": {
    blame: "unit",
    retry: false,
    advice:
      "The modem holds a credential where the recipe wants an empty tag: check that the unit is new, or delete the credential.",
  },
  "run.request-missing": {
    blame: "service",
    retry: false,
    advice:
      "The unit's certificate request is not known: check that the service shows what the unit answered, then run it again.",
  },
  "run.key-differs": {
    blame: "service",
    retry: false,
    advice:
      "The service got another key than the modem made: set the unit aside and tell the owner of the service account.",
  },
  "run.proof-changed": {
    blame: "unit",
    retry: false,
    advice: "The modem no longer holds what it held when it passed: find out who changed it, then provision it again.",
  },
  "run.golden-other-board": {
    blame: "input",
    retry: true,
    advice: "The board in the slot is not the golden unit: put the golden unit in, then run the check again.",
  },
  "run.golden-firmware": {
    blame: "unit",
    retry: false,
    advice:
      "The golden unit's modem or firmware is not the one of its reference: call an engineer to restore it or learn it anew.",
  },
  "run.golden-credential": {
    blame: "unit",
    retry: false,
    advice:
      "The golden unit holds other credentials than its reference: call an engineer to restore it or learn it anew.",
  },
  "run.golden-empty": {
    blame: "input",
    retry: false,
    advice: "The board holds no credentials to learn: provision it first, then learn it as the golden unit.",
  },
  "run.setting-different": {
    blame: "unit",
    retry: true,
    advice:
      "The board does not give back a setting as it was written: run the unit again; if it stays, check its firmware.",
  },
  "run.mode-refused": {
    blame: "unit",
    retry: true,
    advice:
      "The modem refuses to change its functional mode: power-cycle the board, check its supply and SIM card, then run it again.",
  },
  "run.release-refused": {
    blame: "unit",
    retry: true,
    advice: "The modem did not go back to the mode it was found in: power-cycle the board, then run it again.",
  },
} as const satisfies CodeTable;
