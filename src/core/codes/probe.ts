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
  "probe.embedded-off": {
    blame: "input",
    retry: false,
    advice: "The embedded service runs only while the line works with it: switch it on first.",
  },
  "probe.helper": {
    blame: "station",
    retry: true,
    advice: "The connection test broke off: start it again.",
  },
} as const satisfies CodeTable;
