import type { CodeTable } from "../error-code.ts";

/** Codes of the way to the service (src/transport); each tells one thing that an operator or an IT department can act on. */
export const TRANSPORT_CODES = {
  "transport.name-lookup": {
    blame: "line",
    retry: true,
    advice:
      "The service's name was not found: check the host in the profile, and the station's network and name server.",
  },
  "transport.refused": {
    blame: "service",
    retry: true,
    advice:
      "Nothing listens at the service's address: check host and port in the profile, and whether the service runs.",
  },
  "transport.unreachable": {
    blame: "line",
    retry: true,
    advice: "The service cannot be reached: check the station's network cable, router and firewall.",
  },
  "transport.timeout": {
    blame: "service",
    retry: true,
    advice: "The service did not answer in time: check the network and the service's load, then run the slot again.",
  },
  "transport.tls-untrusted": {
    blame: "service",
    retry: false,
    advice:
      "The service's certificate is not from the profile's CA: check the CA file of the profile, and that nothing intercepts the connection.",
  },
  "transport.tls-host": {
    blame: "service",
    retry: false,
    advice: "The service's certificate is for another host: check the host in the profile.",
  },
  "transport.tls-expired": {
    blame: "service",
    retry: false,
    advice: "The service's certificate has expired: renew it, or correct the station's clock.",
  },
  "transport.tls-not-yet-valid": {
    blame: "service",
    retry: false,
    advice: "The service's certificate is not valid yet: correct the station's clock.",
  },
  "transport.tls-protocol": {
    blame: "service",
    retry: false,
    advice:
      "The service offers no TLS version or cipher that the station accepts (TLS 1.2 or newer): update the service.",
  },
  "transport.tls-failed": {
    blame: "service",
    retry: true,
    advice:
      "No secure connection came about: check that host and port of the profile belong to the service, then run the slot again.",
  },
  "transport.reset": {
    blame: "service",
    retry: true,
    advice: "The service cut the connection: check the network and the service's log, then run the slot again.",
  },
  "transport.closed": {
    blame: "service",
    retry: true,
    advice: "The service closed the connection without an answer: check the service's log, then run the slot again.",
  },
  "transport.truncated": {
    blame: "service",
    retry: true,
    advice: "The service's answer broke off: check the network, then run the slot again.",
  },
  "transport.too-large": {
    blame: "service",
    retry: false,
    advice: "The service's answer is larger than the limit: queue fewer commands, or raise the limits in the profile.",
  },
  "transport.malformed": {
    blame: "service",
    retry: false,
    advice: "The answer is not HTTP: check that host and port of the profile belong to the service.",
  },
  "transport.bad-request": {
    blame: "station",
    retry: false,
    advice:
      "The request holds characters that HTTP does not allow: check the recipe's and the service's names for odd characters.",
  },
  "transport.bad-ca": {
    blame: "input",
    retry: false,
    advice: "The profile's CA is not a certificate in PEM form: replace the CA file.",
  },
  "transport.proxy-invalid": {
    blame: "input",
    retry: false,
    advice: "The proxy address is not usable: write it as http://host:port in the profile or in HTTPS_PROXY.",
  },
  "transport.proxy-unreachable": {
    blame: "line",
    retry: true,
    advice: "The proxy cannot be reached: check its address in the profile or in HTTPS_PROXY, and the network.",
  },
  "transport.proxy-auth": {
    blame: "line",
    retry: false,
    advice: "The proxy asks for a user and password: give them in HTTPS_PROXY, and check that they are right.",
  },
  "transport.proxy-refused": {
    blame: "line",
    retry: true,
    advice: "The proxy does not let the station through to the service: ask its administrator to allow host and port.",
  },
} as const satisfies CodeTable;
