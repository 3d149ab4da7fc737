import type { CodeTable } from "../error-code.ts";

/** Codes of the AT engine (src/modem). */
export const MODEM_CODES = {
  "at.timeout": {
    blame: "unit",
    retry: true,
    advice: "Check that the board is powered and seated in its slot, then run it again.",
  },
  "at.silent": {
    blame: "unit",
    retry: true,
    advice: "The modem does not answer: check power, cable and line speed, then run the slot again.",
  },
  "at.unsynced": {
    blame: "unit",
    retry: true,
    advice:
      "The modem answers out of step or unreadably: check line speed and flow control, power-cycle the board and run it again.",
  },
  "at.rebooted": {
    blame: "unit",
    retry: true,
    advice: "The board restarted in the middle of the work: check its supply and its contacts, then run it again.",
  },
  "at.overflow": {
    blame: "unit",
    retry: true,
    advice: "The board sends more than a modem may answer: check line speed and firmware, then run it again.",
  },
  "at.unreadable": {
    blame: "unit",
    retry: true,
    advice: "The modem's answer has an unknown form: run the unit again and check its modem firmware if it repeats.",
  },
  "at.wrong-mode": {
    blame: "line",
    retry: false,
    advice:
      "The board's port does not speak as the fixture says (plain AT or shell): correct the slot's mode or set it to auto.",
  },
  "at.shell-failed": {
    blame: "unit",
    retry: true,
    advice: "The board's shell could not do the command: check that its firmware has the command, then run it again.",
  },
  "at.setting-refused": {
    blame: "unit",
    retry: true,
    advice: "The board did not store a setting: check that its firmware has the settings shell and free storage.",
  },
  "at.bad-command": {
    blame: "input",
    retry: false,
    advice: "An AT command of the recipe cannot be sent to a modem as it is: correct the recipe.",
  },
  "at.rejected": {
    blame: "unit",
    retry: false,
    advice: "The modem refused a command: look at its answer in the unit's record; replace the unit if it repeats.",
  },
  "at.not-found": {
    blame: "unit",
    retry: false,
    advice: "A key or credential that should be in the modem is missing: run the unit again from the start.",
  },
  "at.no-access": {
    blame: "unit",
    retry: false,
    advice: "The modem does not allow this: the unit may be locked or its firmware too old; set it aside.",
  },
  "at.storage-full": {
    blame: "unit",
    retry: false,
    advice: "The modem's credential storage is full: delete old credentials, then run the unit again.",
  },
  "at.modem-active": {
    blame: "unit",
    retry: true,
    advice: "The modem was not offline when credentials were to be changed: power-cycle the board and run it again.",
  },
  "at.already-exists": {
    blame: "unit",
    retry: true,
    advice: "The modem already holds a key under this tag: run the unit again with a recipe that deletes it first.",
  },
  "at.keygen-failed": {
    blame: "unit",
    retry: true,
    advice: "The modem could not make a key: run the unit again and set it aside if it repeats.",
  },
  "at.jwt-failed": {
    blame: "unit",
    retry: true,
    advice: "The modem could not sign a token: run the unit again and set it aside if it repeats.",
  },
  "at.invalid-content": {
    blame: "input",
    retry: false,
    advice: "The modem cannot read a certificate or key of the recipe: check the recipe's files.",
  },
  "at.power-warning": {
    blame: "line",
    retry: true,
    advice: "The modem reports a low supply and refuses to write: check the slot's power supply, then run it again.",
  },
  "at.wrong-parameters": {
    blame: "input",
    retry: false,
    advice:
      "The modem does not accept a command's parameters: correct the recipe or check the modem's firmware version.",
  },
} as const satisfies CodeTable;
