import type { CodeTable } from "../error-code.ts";

/** Codes of boards that provision themselves over LTE (src/run/device-session.ts). */
export const DEVICE_CODES = {
  "device.unsupported": {
    blame: "unit",
    retry: false,
    advice:
      "The board's firmware cannot provision itself: load the firmware that the recipe is for, or let the station provision it.",
  },
  "device.wrong-port": {
    blame: "input",
    retry: false,
    advice:
      "The recipe starts the board on a port of another kind than this one: choose the right port and mode in the fixture.",
  },
  "device.start-refused": {
    blame: "unit",
    retry: true,
    advice:
      "The board refuses to start provisioning itself: reset the board and run it again; if it stays, check its firmware.",
  },
  "device.no-network": {
    blame: "line",
    retry: true,
    advice: "The board finds no LTE network: check SIM card, antenna and coverage at the slot, then run it again.",
  },
  "device.failed": {
    blame: "line",
    retry: true,
    advice:
      "The board reports that its provisioning failed: check LTE coverage, APN and the service, then run the slot again.",
  },
  "device.not-claimed": {
    blame: "service",
    retry: true,
    advice:
      "The service turned the board away as not claimed: check whose the unit is at the service, then run it again.",
  },
  // The library tells every failed connection so (protocol.md 2.1): which of both it is, nobody says.
  "device.wrong-root-ca": {
    blame: "service",
    retry: true,
    advice:
      "The board cannot connect to the service, or does not trust it: check that the service runs, and the root CA in the tag that the board's firmware uses.",
  },
  "device.no-time": {
    blame: "line",
    retry: true,
    advice: "The board has no valid time: check that its LTE network gives the time, then run it again.",
  },
  "device.too-many-commands": {
    blame: "unit",
    retry: false,
    advice:
      "The board cannot take the list of commands: build its firmware for more or longer commands, or shorten the recipe.",
  },
  "device.fatal": {
    blame: "unit",
    retry: true,
    advice:
      "The board's firmware gave up for good: power-cycle the board and run it again; if it stays, replace the unit.",
  },
  "device.silent": {
    blame: "unit",
    retry: true,
    advice:
      "The board told no end of its provisioning within the recipe's limit: check its LTE coverage and firmware, then run it again.",
  },
  "device.command-failed": {
    blame: "unit",
    retry: false,
    advice:
      "A command failed on the board: look up its result at the service, check the recipe, then run the unit again.",
  },
} as const satisfies CodeTable;
