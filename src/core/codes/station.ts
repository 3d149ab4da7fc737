import type { CodeTable } from "../error-code.ts";

/** Codes of the station core and of every layer's last resort. */
export const STATION_CODES = {
  "station.internal": {
    blame: "station",
    retry: false,
    advice: "The station made a mistake: run the slot again, and report the code and facts to the maintainers.",
  },
  "station.aborted": {
    blame: "person",
    retry: true,
    advice: "The run was stopped: start the slot again when the line is ready.",
  },
  "station.closing": {
    blame: "person",
    retry: true,
    advice: "The station was closed during the run: start the slot again after the next start.",
  },
  "station.not-set-up": {
    blame: "input",
    retry: false,
    advice:
      "The recipe needs something that this station is not set up for: name the CA or the token file, then run again.",
  },
  "station.tokens-unwritable": {
    blame: "station",
    retry: true,
    advice:
      "The token file cannot be read or written: check its folder, its rights and the free space, then run the slot again.",
  },
  "station.tokens-invalid": {
    blame: "input",
    retry: false,
    advice: "The token file has a line that is none: correct the line that the facts name, then start again.",
  },
  "station.golden-missing": {
    blame: "input",
    retry: false,
    advice:
      "This station wants its golden unit checked, and none was learned: call an engineer to learn one in Settings.",
  },
  "station.golden-unwritable": {
    blame: "station",
    retry: true,
    advice:
      "The golden unit's reference cannot be written: check its folder, its rights and the free space, then learn it again.",
  },
  "station.golden-due": {
    blame: "input",
    retry: true,
    advice: "The golden unit must be checked before production: put it into a slot and run the golden check.",
  },
  "station.golden-failed": {
    blame: "input",
    retry: true,
    advice:
      "The golden unit failed its last check: run the golden check again, and call an engineer if it fails once more.",
  },
  "station.worker-start": {
    blame: "station",
    retry: true,
    advice: "The slot's worker process did not start: run the slot again, and restart the station if it stays so.",
  },
  "station.worker-died": {
    blame: "station",
    retry: true,
    advice: "The slot's worker process died: power-cycle the board, then run the slot again.",
  },
  "station.worker-hung": {
    blame: "station",
    retry: true,
    advice:
      "The slot's worker process stopped answering and was ended: power-cycle the board, then run the slot again.",
  },
  "station.worker-protocol": {
    blame: "station",
    retry: true,
    advice:
      "The slot's worker process sent something wrong and was ended: run the slot again, and report the facts to the maintainers.",
  },
  "station.store-failed": {
    blame: "station",
    retry: false,
    advice:
      "The record could not be written: free disk space or repair the disk, then restart the station; no run may start before.",
  },
  "station.store-locked": {
    blame: "station",
    retry: false,
    advice:
      "Another program kept the record to itself for too long: close that program, then restart the station; no run may start before.",
  },
  "station.slot-busy": {
    blame: "input",
    retry: true,
    advice: "The slot is still running: wait until it has finished, or stop it first.",
  },
  "station.slot-unknown": {
    blame: "input",
    retry: false,
    advice: "The fixture has no such slot: check the slot's name.",
  },
  "station.slot-repeated": {
    blame: "input",
    retry: false,
    advice: "The request names a slot twice: name each slot once.",
  },
  "station.serial-repeated": {
    blame: "input",
    retry: false,
    advice: "Two slots were given the same board serial: scan both boards again.",
  },
  "station.serial-in-use": {
    blame: "input",
    retry: true,
    advice: "A board with this serial is running in another slot: scan the board again.",
  },
  "station.unit-in-other-slot": {
    blame: "line",
    retry: true,
    advice:
      "The same unit answers in another slot: check the fixture's wiring and that both slots have their own port.",
  },
  "station.unit-changed": {
    blame: "line",
    retry: true,
    advice: "The board was changed during the run: leave it in its slot until the light tells that it is done.",
  },
  "station.passed-before": {
    blame: "input",
    retry: false,
    advice: "This unit passed before: put it aside, or run it once more with the option again.",
  },
  "station.closed": {
    blame: "input",
    retry: false,
    advice: "The station is closed: start it again.",
  },
} as const satisfies CodeTable;
