import type { CodeTable } from "../error-code.ts";

/** Codes of the provisioning protocol (src/provisioning): the client, the execution of commands, the codec. */
export const PROVISIONING_CODES = {
  "provisioning.list-malformed": {
    blame: "service",
    retry: true,
    advice:
      "The service sent a command list that cannot be read: run the unit again, and tell the service's owner if it stays.",
  },
  "provisioning.list-too-long": {
    blame: "service",
    retry: false,
    advice:
      "The service sent more commands than allowed or a broken one: queue fewer commands for this unit and check them.",
  },
  "provisioning.command-refused": {
    blame: "unit",
    retry: false,
    advice:
      "The modem refused a provisioning command: look up its error code, check the recipe, then run the unit again.",
  },
  "provisioning.command-too-long": {
    blame: "service",
    retry: false,
    advice: "A queued AT command is longer than a modem takes: shorten the certificate or key in the recipe.",
  },
  "provisioning.reply-too-long": {
    blame: "unit",
    retry: false,
    advice: "The modem's reply is longer than can be reported: check what the recipe asks for with this command.",
  },
  "provisioning.setting-refused": {
    blame: "unit",
    retry: false,
    advice:
      "The board did not take a setting: check its key and value in the recipe and how the fixture delivers settings.",
  },
  "provisioning.setting-not-kept": {
    blame: "station",
    retry: true,
    advice: "The station could not store a unit's setting: check its disk space and database, then run the unit again.",
  },
  "provisioning.template-invalid": {
    blame: "input",
    retry: false,
    advice: "The fixture's settings template is no AT command with one {key} and one {value}: correct the fixture.",
  },
  "provisioning.mode-unreadable": {
    blame: "unit",
    retry: true,
    advice: "The modem does not tell its functional mode: reset the board and run it again.",
  },
  "provisioning.mode-not-reached": {
    blame: "unit",
    retry: true,
    advice: "The modem did not reach the mode that provisioning needs: reset the board and run it again.",
  },
  "provisioning.nothing-to-report": {
    blame: "service",
    retry: false,
    advice: "No command of the list led to a result: check the commands queued for this unit.",
  },
  "provisioning.report-malformed": {
    blame: "unit",
    retry: false,
    advice: "The device sent results that cannot be read: check its firmware.",
  },
  "provisioning.list-unsendable": {
    blame: "input",
    retry: false,
    advice: "A queued command is larger than devices read: shorten its id, ignored codes or settings.",
  },
  "provisioning.token-malformed": {
    blame: "unit",
    retry: false,
    advice: "The modem's token cannot be read: check the modem firmware, then run the unit again.",
  },
  "provisioning.report-too-large": {
    blame: "service",
    retry: false,
    advice: "The results do not fit one report: queue fewer key generations in one list, or raise the transmit buffer.",
  },
  "provisioning.option-invalid": {
    blame: "input",
    retry: false,
    advice: "An option of the provisioning client is out of range: set it as the message says.",
  },
  "provisioning.settings-unavailable": {
    blame: "station",
    retry: true,
    advice: "The store of the unit's settings cannot be opened: check the station's disk and database, then run again.",
  },
  "provisioning.host-time-missing": {
    blame: "station",
    retry: true,
    advice: "The station has no valid time: set its clock or let it reach its time server, then run the slot again.",
  },
  "provisioning.host-clock-failed": {
    blame: "station",
    retry: false,
    advice: "The station's clock cannot be read: scheduled provisioning has stopped; repair the clock and restart.",
  },
  "provisioning.modem-time-missing": {
    blame: "unit",
    retry: true,
    advice: "The modem has no time and does not take any, so that it cannot sign: reset the board and run it again.",
  },
  "provisioning.signing-refused": {
    blame: "unit",
    retry: true,
    advice:
      "The modem does not sign a token (JWT): check that its firmware is recent enough and its identity key is there.",
  },
  "provisioning.firmware-unreadable": {
    blame: "unit",
    retry: true,
    advice: "The modem does not tell its firmware version: reset the board and run it again.",
  },
  "provisioning.attestation-refused": {
    blame: "unit",
    retry: true,
    advice:
      "The modem gives no attestation token: check that its firmware is recent enough, then reset the board and run again.",
  },
  "provisioning.uuid-unreadable": {
    blame: "unit",
    retry: true,
    advice: "The modem does not tell its device UUID: check its firmware, then reset the board and run it again.",
  },
  "provisioning.not-claimed": {
    blame: "service",
    retry: true,
    advice: "The service does not know this unit: claim it with its attestation token, then run it again.",
  },
  "provisioning.token-refused": {
    blame: "service",
    retry: true,
    advice:
      "The service refuses the unit's token though it has just claimed the unit: check the station's clock; if only this unit is refused, set it aside.",
  },
  "provisioning.request-refused": {
    blame: "service",
    retry: false,
    advice:
      "The service refused the request: check that the profile fits the service, and look into the service's log.",
  },
  "provisioning.service-busy": {
    blame: "service",
    retry: true,
    advice: "The service is busy or has an internal error: wait a minute, then run the slot again.",
  },
  "provisioning.no-answer": {
    blame: "service",
    retry: true,
    advice: "The service did not answer in time: check the network and the service, then run the slot again.",
  },
  "provisioning.answer-too-large": {
    blame: "service",
    retry: false,
    advice: "The service's answer does not fit the receive buffer: queue fewer commands at once, or raise the buffer.",
  },
  "provisioning.exchange-failed": {
    blame: "service",
    retry: true,
    advice: "The exchange with the service failed: check the network and the service, then run the slot again.",
  },
  "provisioning.report-failed": {
    blame: "service",
    retry: true,
    advice:
      "The commands ran, but their results did not reach the service: check the service, then run the unit again.",
  },
  "provisioning.rounds-exceeded": {
    blame: "service",
    retry: false,
    advice: "The service keeps sending commands without an end: clear the unit's queue at the service, then run again.",
  },
  "provisioning.ca-not-installed": {
    blame: "unit",
    retry: true,
    advice: "The modem did not take the service's CA certificate: check that it is offline, then run the unit again.",
  },
  "provisioning.client-busy": {
    blame: "station",
    retry: true,
    advice: "Provisioning of this unit is already under way: wait until it has ended.",
  },
} as const satisfies CodeTable;
