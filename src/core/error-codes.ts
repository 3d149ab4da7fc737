import { AUDIT_CODES } from "./codes/audit.ts";
import { CLOUD_CODES } from "./codes/cloud.ts";
import { COAP_CODES } from "./codes/coap.ts";
import { COLLECT_CODES } from "./codes/collect.ts";
import { DESKTOP_CODES } from "./codes/desktop.ts";
import { DEVICE_CODES } from "./codes/device.ts";
import { DTLS_CODES } from "./codes/dtls.ts";
import { FILE_CODES } from "./codes/file.ts";
import { INTERLOCK_CODES } from "./codes/interlock.ts";
import { LIBRARY_CODES } from "./codes/library.ts";
import { LINE_CODES } from "./codes/line.ts";
import { LINE_DOCUMENT_CODES } from "./codes/line-documents.ts";
import { LINK_CODES } from "./codes/link.ts";
import { MODEM_CODES } from "./codes/modem.ts";
import { OPERATOR_CODES } from "./codes/operators.ts";
import { PKI_CODES } from "./codes/pki.ts";
import { PROBE_CODES } from "./codes/probe.ts";
import { PROVISIONING_CODES } from "./codes/provisioning.ts";
import { RUN_CODES } from "./codes/run.ts";
import { SERVICE_CODES } from "./codes/service.ts";
import { SIMULATOR_CODES } from "./codes/simulator.ts";
import { STATION_CODES } from "./codes/station.ts";
import { TRANSPORT_CODES } from "./codes/transport.ts";
import { USAGE_CODES } from "./codes/usage.ts";
import { VALUES_CODES } from "./codes/values.ts";
import { VAULT_CODES } from "./codes/vault.ts";
import type { CodeEntry } from "./error-code.ts";

/** The one table of every error code of the project: blame, retry, and what the operator should do. */
export const ERROR_CODES = {
  ...MODEM_CODES,
  ...LINK_CODES,
  ...PROVISIONING_CODES,
  ...TRANSPORT_CODES,
  ...DTLS_CODES,
  ...COAP_CODES,
  ...CLOUD_CODES,
  ...RUN_CODES,
  ...DEVICE_CODES,
  ...STATION_CODES,
  ...AUDIT_CODES,
  ...SERVICE_CODES,
  ...SIMULATOR_CODES,
  ...FILE_CODES,
  ...USAGE_CODES,
  ...DESKTOP_CODES,
  ...LIBRARY_CODES,
  ...VALUES_CODES,
  ...VAULT_CODES,
  ...PROBE_CODES,
  ...OPERATOR_CODES,
  ...PKI_CODES,
  ...LINE_DOCUMENT_CODES,
  ...COLLECT_CODES,
  ...LINE_CODES,
  ...INTERLOCK_CODES,
} as const;

/** A code of the table. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** The table's row for a code. */
export function codeEntry(code: ErrorCode): CodeEntry {
  return ERROR_CODES[code];
}

/** Whether a text is a code of the table. */
export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERROR_CODES, text);
}
