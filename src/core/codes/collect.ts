import type { CodeTable } from "../error-code.ts";

/** Codes of the collector and of the central database of a line. */
export const COLLECT_CODES = {
  "collect.address": {
    blame: "input",
    retry: false,
    advice:
      "The address of the central database cannot be used: write postgres://user:password@host/name or a file's path.",
  },
  "collect.unreachable": {
    blame: "service",
    retry: true,
    advice: "The central database does not answer: check that its server runs and can be reached from here.",
  },
  "collect.refused": {
    blame: "input",
    retry: false,
    advice: "The central database refused the login: check user, password and database name.",
  },
  "collect.untrusted": {
    blame: "input",
    retry: false,
    advice:
      "The central database's server does not prove who it is: check sslrootcert, the host in the address and the server's certificate.",
  },
  "collect.rights": {
    blame: "input",
    retry: false,
    advice: "The user of the central database lacks a right: give it the rights that docs/line.md names.",
  },
  "collect.failed": {
    blame: "service",
    retry: true,
    advice: "The central database failed: check its log, its disk space and its memory.",
  },
  "collect.slow": {
    blame: "service",
    retry: true,
    advice: "The central database took too long: choose a shorter time range, or look at the load of its server.",
  },
  "collect.foreign": {
    blame: "input",
    retry: false,
    advice: "This is not a central database of stations: check the address, or start with an empty database.",
  },
  "collect.newer": {
    blame: "input",
    retry: false,
    advice: "A newer version of the program has written this central database: update this one.",
  },
  "collect.missing": {
    blame: "input",
    retry: false,
    advice: "There is no such central database yet: start station collect on it first, or check its path.",
  },
  "collect.lost": {
    blame: "service",
    retry: true,
    advice: "The session with the central database was lost: it is opened anew by itself.",
  },
  "collect.changed": {
    blame: "service",
    retry: true,
    advice: "A person settled a finding meanwhile: the collector reads the database anew and goes on by itself.",
  },
  "collect.cannot-settle": {
    blame: "input",
    retry: false,
    advice:
      "Only open findings can be settled, by their id or by their station, and none about a missing identity: station collect --status names them.",
  },
  "collect.no-stream": {
    blame: "input",
    retry: false,
    advice: "The line keeps no events yet: run station line setup once with an account that may.",
  },
} as const satisfies CodeTable;
