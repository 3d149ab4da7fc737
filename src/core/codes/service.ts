import type { CodeTable } from "../error-code.ts";

/** Codes of the embedded provisioning service (src/service). */
export const SERVICE_CODES = {
  "service.directory": {
    blame: "input",
    retry: true,
    advice: "Give the embedded service a folder that it can write to and that has room on its disk.",
  },
  "service.in-use": {
    blame: "station",
    retry: true,
    advice: "Another embedded service uses this folder: stop it, or give this one a folder of its own.",
  },
  "service.files-damaged": {
    blame: "station",
    retry: false,
    advice:
      "A file of the embedded service cannot be read: restore the folder from a copy, or start with an empty one.",
  },
  "service.newer-database": {
    blame: "station",
    retry: false,
    advice: "The service's folder was written by a newer version of the station: use that version, or an empty folder.",
  },
  "service.database": {
    blame: "service",
    retry: true,
    advice: "The embedded service cannot write its database: check the disk's room and health, then try again.",
  },
  "service.port-refused": {
    blame: "station",
    retry: true,
    advice: "The port is taken or not allowed: choose another port for the embedded service, or stop what uses it.",
  },
  "service.token-refused": {
    blame: "unit",
    retry: true,
    advice:
      "The unit's token was not accepted: check the modem's clock, and that the unit is the one that was claimed.",
  },
  "service.not-claimed": {
    blame: "service",
    retry: false,
    advice: "The unit is not claimed at the embedded service: claim it with its attestation token first.",
  },
  "service.bad-request": {
    blame: "input",
    retry: false,
    advice: "The request does not follow the API: correct the field that the message names.",
  },
  "service.not-found": {
    blame: "input",
    retry: false,
    advice: "What the request names does not exist at the embedded service: check the id and the path.",
  },
  "service.conflict": {
    blame: "input",
    retry: false,
    advice: "The request does not fit the present state: read the message, remove what stands in the way, try again.",
  },
  "service.media-type": {
    blame: "input",
    retry: false,
    advice: "Send the body as the API asks for it: JSON as application/json, bulk claims as text/csv.",
  },
  "service.too-large": {
    blame: "input",
    retry: false,
    advice: "The request is larger than the service accepts: send less at once.",
  },
} as const satisfies CodeTable;
