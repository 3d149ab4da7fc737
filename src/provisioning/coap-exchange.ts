import { sleep, withLimit } from "../core/clock.ts";
import { seconds } from "../core/duration.ts";
import { asStationError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";
import { codeFailure, WANTED_CODE, type CoapStep } from "./coap-requests.ts";
import { failure, failureOf, ok, throwIfStopped, transportErrno, type Failure, type Outcome } from "./failure.ts";
import type { SessionSupport } from "./session-support.ts";
import type { CoapAssociation, CoapRequest, CoapResponse } from "./transport.ts";

/** How one request ended, as the library tells the ways apart (protocol.md 6.3). */
export type Exchanged =
  | { readonly kind: "answer"; readonly response: CoapResponse }
  /** The client reported an error instead of an answer. */
  | { readonly kind: "reported"; readonly failure: Failure }
  /** The request was not sent, or nothing came within COAP_TIMEOUT_SECONDS. */
  | { readonly kind: "unanswered"; readonly failure: Failure };

/** Repeats while the client is busy: every ack timeout, 11 times (protocol.md 6.3). */
const BUSY_REPEATS = 11;
const BUSY_PAUSE = seconds(2);
/** Answers whose payload is copied into the receive buffer. */
const WITH_PAYLOAD = ["2.01", "2.04", "2.05"];

/**
 * Sends one request and waits for the answer.
 * An error of the transport with the fact `stage: "request"` means that the request could not be sent; EAGAIN among them
 * means that the client is busy, and the request is repeated.
 * @throws StationError the signal's reason
 */
export async function sendCoap(
  association: CoapAssociation,
  request: CoapRequest,
  support: SessionSupport,
  signal?: AbortSignal,
): Promise<Exchanged> {
  for (let repeat = 0; ; repeat++) {
    const exchanged = await sendOnce(association, request, support, signal);
    if (!isBusy(exchanged) || repeat === BUSY_REPEATS) return exchanged;
    await sleep(support.clock, BUSY_PAUSE, signal);
  }
}

/**
 * Sends the request of a step and takes its wanted answer.
 * @throws StationError the signal's reason
 */
export async function performStep(
  step: CoapStep,
  association: CoapAssociation,
  request: CoapRequest,
  support: SessionSupport,
  signal?: AbortSignal,
): Promise<Outcome<Uint8Array>> {
  const exchanged = await sendCoap(association, request, support, signal);
  if (exchanged.kind === "unanswered") return exchanged.failure;
  if (exchanged.kind === "reported") return reportedFailure(step, exchanged.failure, support);
  const { code, payload } = exchanged.response;
  if (WITH_PAYLOAD.includes(code) && payload.length > support.options.rxBufferBytes)
    return reportedFailure(step, tooLarge(payload.length, support), support);
  return code === WANTED_CODE[step] ? ok(payload) : codeFailure(step, code);
}

/** On the fetch the library takes reported errors for unknown codes (strict); by default they stay what they are. */
function reportedFailure(step: CoapStep, reported: Failure, support: SessionSupport): Failure {
  const blurred = step === "commands" && support.options.compatibility === "strict";
  return blurred ? failureOf("ENOTSUP", reported.error) : reported;
}

async function sendOnce(
  association: CoapAssociation,
  request: CoapRequest,
  support: SessionSupport,
  signal: AbortSignal | undefined,
): Promise<Exchanged> {
  const limit = support.options.coapTimeout;
  const path = request.path.split("?", 1)[0] ?? "";
  const what = "the service did not answer in time";
  const onLimit = { code: "provisioning.no-answer", what, facts: { request: path } } as const;
  const work = (inner: AbortSignal): Promise<CoapResponse> => association.exchange(request, inner);
  try {
    return { kind: "answer", response: await withLimit(support.clock, limit, onLimit, work, signal) };
  } catch (error) {
    throwIfStopped(signal);
    const known = asStationError(error);
    const unsent = known.code === "provisioning.no-answer" || known.facts["stage"] === "request";
    return { kind: unsent ? "unanswered" : "reported", failure: failureOf(transportErrno(known), known) };
  }
}

function isBusy(exchanged: Exchanged): boolean {
  if (exchanged.kind !== "unanswered") return false;
  const { errno, error } = exchanged.failure;
  return errno === "EAGAIN" && error.code !== "provisioning.no-answer";
}

/** The library calls it "no memory", which elsewhere means too many commands (strict). */
function tooLarge(size: number, support: SessionSupport): Failure {
  const { compatibility, rxBufferBytes } = support.options;
  const facts = { size: quantity(size, "bytes"), limit: quantity(rxBufferBytes, "bytes") };
  const errno = compatibility === "strict" ? "ENOMEM" : "ENOBUFS";
  return failure(errno, "provisioning.answer-too-large", "the service's answer is too large", facts);
}
