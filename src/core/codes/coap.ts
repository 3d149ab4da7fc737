import type { CodeTable } from "../error-code.ts";

/** Codes of CoAP messages and exchanges (src/coap). */
export const COAP_CODES = {
  "coap.malformed": {
    blame: "service",
    retry: false,
    advice: "What answered does not speak CoAP: check that host and port of the profile belong to the service.",
  },
  "coap.no-answer": {
    blame: "service",
    retry: true,
    advice: "The service acknowledged nothing, or never answered: check the network, then run the slot again.",
  },
  "coap.reset": {
    blame: "service",
    retry: true,
    advice: "The service refused a message: run the slot again; if it repeats, look into the service's log.",
  },
  "coap.option": {
    blame: "service",
    retry: false,
    advice: "The service's answer asks for a feature that the station does not have: check the service's version.",
  },
  "coap.block": {
    blame: "service",
    retry: true,
    advice:
      "The parts of a long message do not fit together: run the slot again; if it repeats, look into the service's log.",
  },
  "coap.too-large": {
    blame: "service",
    retry: false,
    advice: "The service's answer is larger than the limit: queue fewer commands, or raise the limits in the profile.",
  },
  "coap.closed": {
    blame: "service",
    retry: true,
    advice: "The connection ended before the answer: check the network and the service's log, then run the slot again.",
  },
} as const satisfies CodeTable;
