import type { CodeTable } from "../error-code.ts";

/** Codes of the service's connection test (src/probe), beside those of the way itself. */
export const PROBE_CODES = {
  "probe.not-service": {
    blame: "input",
    retry: false,
    advice:
      "Something else answers there: check that host and port of the profile are those of the provisioning service.",
  },
  "probe.not-owner": {
    blame: "input",
    retry: false,
    advice: "Something else answers there: check the profile's owner address, with its version (/v1) at the end.",
  },
} as const satisfies CodeTable;
