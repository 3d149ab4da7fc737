import type { Outcome, Phase } from "../../../src/contract/common.ts";
import type { Release } from "../../../src/contract/run-event.ts";
import type { ErrorCode } from "../../../src/core/error-codes.ts";

/** What an HTTPS server does instead of answering: the faults of a service as a client meets them. */
export type ServerFault =
  /** Nothing listens. */
  | "down"
  /** Takes the connection and never says a word. */
  | "silent"
  /** Shows a certificate of another CA. */
  | "foreign-certificate"
  /** Speaks no TLS. */
  | "no-tls"
  /** Answers 200 with a page that somebody else wrote. */
  | "wrong-content"
  /** Announces 1000 bytes and cuts the connection after 10. */
  | "half-body"
  /** Answers 200 with a body without end. */
  | "huge-body"
  /** A name that is nobody's. */
  | "no-name"
  /** Answers with this status. */
  | 401
  | 403
  | 500
  | 503;

/** What makes the fault: the world's part, or the spec that proves the cell. */
export type Cause =
  /** A fault of the simulators without its slot: `silence@jwt`. */
  | { readonly by: "modem"; readonly order: string }
  /** Every port of a hub is gone at once, as its boards carry out commands that `at` names, and comes back after `back` ms. */
  | { readonly by: "hub"; readonly at: RegExp; readonly back: number }
  /** The owner's side of the service, at the claim. */
  | { readonly by: "owner"; readonly does: ServerFault }
  /** The device's side over HTTPS, at this request. */
  | { readonly by: "device"; readonly at: "fetch" | "report"; readonly does: ServerFault }
  /** The device's side over CoAP and DTLS. */
  | {
      readonly by: "coap";
      readonly at: "sign-on" | "fetch" | "report";
      readonly does: Exclude<ServerFault, "no-tls" | number> | CoapCode;
    }
  /** The slot's worker process. */
  | { readonly by: "worker"; readonly does: "killed" | "loops" }
  /** The wall clock of the station is set by so many hours, and back again with the next phase where `back` says so. */
  | { readonly by: "clock"; readonly hours: number; readonly back: boolean }
  /** Another program holds the audit database's write lock for so many ms. */
  | { readonly by: "lock"; readonly holds: number }
  /** A spec of its own: file below test/ and the title of the test, as the file has it. */
  | { readonly by: "spec"; readonly file: string; readonly test: string };

/** A refusal by CoAP code. */
export type CoapCode = "4.01" | "4.03" | "5.00" | "5.03";

/** The way to the device's side of the service; `any`: it plays no part. */
export type Way = "https" | "coaps" | "any";

/** How a run must end. */
export type End = {
  readonly outcome: Outcome | "no run starts";
  readonly code: ErrorCode | null;
  readonly release: Release;
};

/** One cell of the matrix: a fault that strikes in a phase. */
export type Cell = {
  /** What is wrong, as an operator or an IT department would say it. */
  readonly fault: string;
  /** At what of the phase, where there is more than one: ` as it makes a key`. */
  readonly when?: string;
  readonly phase: Phase;
  readonly way: Way;
  readonly cause: Cause;
  readonly end: End;
};

/** A cell by name. */
export function nameOf({ fault, when = "", phase, way }: Cell): string {
  return `${fault}${when}, ${phase}${way === "any" ? "" : ` over ${way}`}`;
}

export const pass: End = { outcome: "PASS", code: null, release: "restored" };

/** A run that ends with a code, its modem as it was found unless something else is said. */
export function ends(outcome: "FAIL" | "ERROR", code: ErrorCode, release: Release = "restored"): End {
  return { outcome, code, release };
}
