import { ends, type Cause, type Cell, type CoapCode, type End, type ServerFault } from "./cell.ts";

const NAMES: Readonly<Record<ServerFault, string>> = {
  down: "service down",
  silent: "service never answers",
  "foreign-certificate": "service with a certificate of another CA",
  "no-tls": "service without TLS",
  "wrong-content": "service answers with a page of somebody else",
  "half-body": "service answers with half a body",
  "huge-body": "service answers without end",
  "no-name": "service's name is not found",
  401: "service answers 401",
  403: "service answers 403",
  500: "service answers 500",
  503: "service answers 503",
};

const REPORT = " when results are reported";

const owner = (does: ServerFault, end: End): Cell => ({
  ...{ fault: NAMES[does], phase: "claim", way: "https", cause: { by: "owner", does }, end },
});

const device = (does: ServerFault, fetch: End, report?: End): readonly Cell[] => {
  const cell = (at: "fetch" | "report", end: End): Cell => ({
    fault: NAMES[does],
    ...(at === "fetch" ? {} : { when: REPORT }),
    ...{ phase: "provision", way: "https", cause: { by: "device", at, does }, end },
  });
  return [cell("fetch", fetch), ...(report === undefined ? [] : [cell("report", report)])];
};

type CoapCause = Extract<Cause, { readonly by: "coap" }>;
const COAP_NAMES: Readonly<Record<Exclude<CoapCause["does"], CoapCode>, string>> = {
  down: NAMES.down,
  silent: NAMES.silent,
  "foreign-certificate": NAMES["foreign-certificate"],
  "wrong-content": NAMES["wrong-content"],
  "half-body": NAMES["half-body"],
  "huge-body": "service answers with more than fits",
  "no-name": NAMES["no-name"],
};
const coap = (at: CoapCause["at"], does: CoapCause["does"], end: End): Cell => {
  const known: Readonly<Record<string, string>> = COAP_NAMES;
  const fault = known[does] ?? `service answers ${does}`;
  const when = { "sign-on": " at the sign-on", fetch: " when commands are fetched", report: REPORT }[at];
  return { fault, when, phase: "provision", way: "coaps", cause: { by: "coap", at, does }, end };
};

const malformed = ends("ERROR", "provisioning.list-malformed");
const reportFailed = ends("ERROR", "provisioning.report-failed");

export const SERVICE_CELLS: readonly Cell[] = [
  owner("down", ends("ERROR", "transport.refused")),
  owner("silent", ends("ERROR", "transport.timeout")),
  owner("foreign-certificate", ends("ERROR", "transport.tls-untrusted")),
  owner("no-tls", ends("ERROR", "transport.tls-failed")),
  owner("wrong-content", ends("ERROR", "cloud.bad-answer")),
  owner("half-body", ends("ERROR", "transport.truncated")),
  owner("huge-body", ends("ERROR", "transport.too-large")),
  owner("no-name", ends("ERROR", "transport.name-lookup")),
  owner(401, ends("ERROR", "cloud.key-refused")),
  owner(403, ends("ERROR", "cloud.role-refused")),
  owner(500, ends("ERROR", "cloud.unavailable")),
  owner(503, ends("ERROR", "cloud.unavailable")),
  ...device("down", ends("ERROR", "transport.refused"), reportFailed),
  ...device("silent", ends("ERROR", "transport.timeout"), reportFailed),
  ...device("foreign-certificate", ends("ERROR", "transport.tls-untrusted"), reportFailed),
  ...device("no-tls", ends("ERROR", "transport.tls-failed"), reportFailed),
  // A page with 200 is all that the protocol asks of an answer to a report: the next list then shows that nobody read it.
  ...device("wrong-content", malformed, malformed),
  ...device("half-body", ends("ERROR", "transport.truncated"), reportFailed),
  ...device("huge-body", ends("ERROR", "transport.too-large"), reportFailed),
  ...device("no-name", ends("ERROR", "transport.name-lookup")),
  ...device(401, ends("ERROR", "provisioning.token-refused"), reportFailed),
  ...device(403, ends("ERROR", "provisioning.token-refused"), reportFailed),
  ...device(500, ends("ERROR", "provisioning.service-busy"), reportFailed),
  ...device(503, ends("ERROR", "provisioning.service-busy"), reportFailed),
  coap("sign-on", "down", ends("ERROR", "transport.refused")),
  coap("sign-on", "no-name", ends("ERROR", "transport.name-lookup")),
  coap("sign-on", "silent", ends("ERROR", "dtls.no-answer")),
  coap("sign-on", "foreign-certificate", ends("ERROR", "dtls.certificate-incomplete")),
  coap("sign-on", "4.01", ends("ERROR", "provisioning.token-refused")),
  coap("sign-on", "4.03", ends("ERROR", "provisioning.token-refused")),
  coap("sign-on", "5.00", ends("ERROR", "provisioning.service-busy")),
  coap("fetch", "silent", ends("ERROR", "dtls.no-answer")),
  coap("fetch", "5.03", ends("ERROR", "provisioning.service-busy")),
  coap("fetch", "wrong-content", malformed),
  coap("fetch", "half-body", ends("ERROR", "dtls.no-answer")),
  coap("fetch", "huge-body", ends("ERROR", "coap.too-large")),
  coap("report", "silent", reportFailed),
  coap("report", "5.00", reportFailed),
];
