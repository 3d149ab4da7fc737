import type { CodeTable } from "../error-code.ts";

/** Codes of a line of stations (src/line). */
export const LINE_CODES = {
  "line.away": {
    blame: "line",
    retry: true,
    advice: "The servers of the line cannot be reached: check the network and the servers; records wait until then.",
  },
  "line.untrusted": {
    blame: "line",
    retry: false,
    advice: "The server's certificate is not trusted: check the address and the CA in the line file, and the clock.",
  },
  "line.refused": {
    blame: "station",
    retry: false,
    advice: "The line refuses the station's credentials: get new ones, and enter them or put them in their file.",
  },
  "line.credentials": {
    blame: "input",
    retry: false,
    advice: "These are no NATS credentials: give a .creds file, or a file with the seed of a user's nkey.",
  },
  "line.not-set-up": {
    blame: "line",
    retry: true,
    advice: "The line's servers are not set up for stations: have an engineer run `station line setup`.",
  },
  "line.differs": {
    blame: "line",
    retry: false,
    advice:
      "The line was set up in another way than asked for: change it with the tools of the server, or ask for what there is.",
  },
  "line.answer": {
    blame: "line",
    retry: true,
    advice:
      "The line's server answered with something that cannot be: check that the address is a NATS server with JetStream.",
  },
  "line.forked": {
    blame: "station",
    retry: false,
    advice:
      "The line holds another history of this station than its audit database: keep both, and do not run a copied or restored database under the same identity.",
  },
  "line.full": {
    blame: "line",
    retry: true,
    advice: "The line's servers have no room for more records: free or add some there; nothing is lost, records wait.",
  },
  "line.too-large": {
    blame: "line",
    retry: false,
    advice: "A record is larger than the line's servers take: raise max_payload there; later records wait behind it.",
  },
} as const satisfies CodeTable;
