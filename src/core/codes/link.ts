import type { CodeTable } from "../error-code.ts";

/** Codes of serial and tcp ports (src/link). */
export const LINK_CODES = {
  "link.lost": {
    blame: "line",
    retry: true,
    advice: "The port disappeared: check cable and hub, reseat the board, then run the slot again.",
  },
  "link.closed": {
    blame: "station",
    retry: true,
    advice: "The port was already closed by the station: run the slot again.",
  },
  "link.stuck": {
    blame: "line",
    retry: true,
    advice:
      "The board takes no data: check that its flow control matches the fixture (RTS/CTS), then run the slot again.",
  },
  "link.absent": {
    blame: "line",
    retry: true,
    advice: "No board is found at this slot's port: plug it in or check the slot's address in the fixture.",
  },
  "link.ambiguous": {
    blame: "input",
    retry: false,
    advice:
      "More than one port fits this slot's address: name the interface number, or use the by-path name, in the fixture.",
  },
  "link.busy": {
    blame: "line",
    retry: true,
    advice: "Another program uses this port: close terminals and other tools, then run the slot again.",
  },
  "link.denied": {
    blame: "line",
    retry: false,
    advice: "This user may not open the port: add the user to the port's group (dialout on Linux) and sign in again.",
  },
  "link.refused": {
    blame: "line",
    retry: true,
    advice: "Nothing listens at this slot's network address: check that the serial server or simulator runs.",
  },
  "link.unreachable": {
    blame: "line",
    retry: true,
    advice: "The slot's network address cannot be reached: check the name, the network and the serial server.",
  },
  "link.open-timeout": {
    blame: "line",
    retry: true,
    advice: "The port did not open in time: check cable, hub and network, then run the slot again.",
  },
  "link.open-failed": {
    blame: "line",
    retry: true,
    advice: "The port could not be opened: check the device, its driver and the slot's line settings.",
  },
  "link.bad-address": {
    blame: "input",
    retry: false,
    advice: "A port is written serial:PATH or tcp://HOST:PORT: correct the address.",
  },
  "link.listing-failed": {
    blame: "station",
    retry: true,
    advice: "The system's serial ports could not be listed: reconnect the hub or restart the station.",
  },
} as const satisfies CodeTable;
