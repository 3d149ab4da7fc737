import { withLimit } from "../core/clock.ts";
import { milliseconds } from "../core/duration.ts";
import { asStationError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";
import { failure, failureOf, ok, throwIfStopped, transportErrno, type Failure, type Outcome } from "./failure.ts";
import { fetchRequest, fetchStatusErrno, reportRequest, statusFailure } from "./http-requests.ts";
import { makeJwt } from "./jwt.ts";
import { readFirmware } from "./modem-queries.ts";
import { fetchQuery, queryText } from "./request-query.ts";
import type { SessionResult } from "./session-result.ts";
import { executeRound, unreported, type SessionSupport, type SessionTally } from "./session-support.ts";
import type { HttpRequest, HttpResponse, HttpTransport } from "./transport.ts";

type Session = {
  readonly transport: HttpTransport;
  readonly support: SessionSupport;
  readonly tally: SessionTally;
  readonly signal: AbortSignal | undefined;
};

/**
 * The transport work of one run over HTTP (protocol.md 5.6): fetch, execute, report over a connection of its own, again
 * until the service has nothing left or FINISHED was reported. The library forgets a report that fails and goes on
 * (strict). By default a report is sent once more when the line or the service stumbled, and then the run fails: a unit
 * whose results the service does not have must not pass. The next run tells the service by `after` what was executed.
 * @throws StationError the signal's reason, or what `announce` threw
 */
export async function runHttpSession(
  transport: HttpTransport,
  support: SessionSupport,
  tally: SessionTally,
  signal?: AbortSignal,
): Promise<SessionResult> {
  const session = { transport, support, tally, signal };
  for (;;) {
    throwIfStopped(signal);
    const list = await fetchList(session);
    if (list.kind !== "ok") return list;
    const round = await executeRound(list.value, support, tally, signal);
    if (round.kind !== "report") return round;
    const lost = await report(round.payload, session);
    if (lost === undefined) tally.reported += round.responses;
    else tally.reportFailure ??= lost.error;
    if (lost !== undefined && support.options.compatibility === "default") return lost;
    if (lost === undefined && round.finished) return { kind: "finished" };
  }
}

async function fetchList(session: Session): Promise<Outcome<Uint8Array> | SessionResult> {
  const { support, signal } = session;
  const firmware = await readFirmware(support.modem, signal);
  if (firmware.kind === "failed") return firmware;
  const token = await makeJwt(support, signal);
  if (token.kind === "failed") return token;
  const { options } = support;
  const versions = { mver: queryText(firmware.value, options), cver: options.sdkVersion };
  const request = fetchRequest(options, fetchQuery(options, support.latestId()), versions, token.value);
  const answer = await exchange(request, session);
  if (answer.kind === "failed") return answer;
  const { status, body } = answer.value;
  const errno = fetchStatusErrno(status);
  if (errno === "ENODATA") return { kind: "no-commands" };
  if (errno !== undefined) return statusFailure(errno, "GET commands", status);
  return body.length < options.rxBufferBytes ? ok(body) : tooLarge(body.length, options.rxBufferBytes);
}

/** Reports the results; answers why they did not arrive. Only 200 is an acceptance (protocol.md 5.4). */
async function report(payload: Uint8Array, session: Session): Promise<Failure | undefined> {
  const first = await reportOnce(payload, session);
  const again = first !== undefined && session.support.options.compatibility === "default" && isPassing(first);
  const lost = again ? await reportOnce(payload, session) : first;
  return lost === undefined ? undefined : unreported(lost, { attempts: quantity(again ? 2 : 1, "attempts") });
}

async function reportOnce(payload: Uint8Array, session: Session): Promise<Failure | undefined> {
  const { support, signal } = session;
  const token = await makeJwt(support, signal);
  if (token.kind === "failed") return token;
  const answer = await exchange(reportRequest(support.options, token.value, payload), session);
  if (answer.kind === "failed") return answer;
  const { status } = answer.value;
  if (status === 200) return undefined;
  const errno = fetchStatusErrno(status) ?? "ENOTSUP";
  return statusFailure(errno === "ENODATA" ? "ENOTSUP" : errno, "POST response", status);
}

/** Whether sending the same report again may help: the line stumbled, or the service had an error of its own. */
function isPassing(lost: Failure): boolean {
  const { status } = lost.error.facts;
  if (typeof status === "number") return status === 0 || status === 408 || status === 429 || status >= 500;
  return lost.errno !== "EINVAL" && lost.errno !== "ETIME";
}

/** One exchange within twice HTTP_TIMEOUT_MS: the library allows as much for connecting as for the answer. */
async function exchange(request: HttpRequest, session: Session): Promise<Outcome<HttpResponse>> {
  const { transport, support, signal } = session;
  const limit = milliseconds(support.options.httpTimeout * 2);
  const onLimit = { code: "transport.timeout", what: "the service did not answer in time" } as const;
  try {
    return ok(await withLimit(support.clock, limit, onLimit, (inner) => transport.exchange(request, inner), signal));
  } catch (error) {
    throwIfStopped(signal);
    const known = asStationError(error);
    return failureOf(transportErrno(known), known);
  }
}

function tooLarge(size: number, limit: number): Failure {
  const facts = { size: quantity(size, "bytes"), limit: quantity(limit, "bytes") };
  return failure("ENOBUFS", "provisioning.answer-too-large", "the service's answer is too large", facts);
}
