import type { Secret } from "../core/secret.ts";
import { performStep, sendCoap } from "./coap-exchange.ts";
import { CoapLink } from "./coap-link.ts";
import { authRequest, commandsRequest, responseRequest, suspendRequest } from "./coap-requests.ts";
import { failure, throwIfStopped, type Failure, type Outcome } from "./failure.ts";
import { makeJwt } from "./jwt.ts";
import { readFirmware } from "./modem-queries.ts";
import { fetchQuery, queryText } from "./request-query.ts";
import type { SessionResult } from "./session-result.ts";
import { executeRound, unreported, type SessionSupport, type SessionTally } from "./session-support.ts";
import type { CoapAssociation, CoapTransport } from "./transport.ts";

type Session = {
  readonly link: CoapLink;
  readonly support: SessionSupport;
  readonly tally: SessionTally;
  readonly signal: AbortSignal | undefined;
  readonly token: Secret;
  /** Reconnects for a failed report: one a run. */
  reconnects: number;
};

/**
 * The transport work of one run over CoAP (protocol.md 6.2). Without keep-open the association is closed while the modem
 * works and a new one carries the report and the next fetch; with keep-open one association is suspended and carries
 * all, and a failed report is sent once more over a new one. One JWT serves the run. A lost report ends the run.
 * @param leftOpen takes the associations that the library forgets to close (strict)
 * @throws StationError the signal's reason, or what `announce` threw
 */
export async function runCoapSession(
  transport: CoapTransport,
  support: SessionSupport,
  tally: SessionTally,
  leftOpen: CoapAssociation[],
  signal?: AbortSignal,
): Promise<SessionResult> {
  const link = new CoapLink(transport, support, leftOpen);
  const refused = await link.connect(signal);
  if (refused !== undefined) return refused;
  try {
    const token = await makeJwt(support, signal);
    if (token.kind === "failed") {
      await link.leave();
      return token;
    }
    return await runRounds({ link, support, tally, signal, token: token.value, reconnects: 0 });
  } finally {
    await link.close();
  }
}

async function runRounds(session: Session): Promise<SessionResult> {
  const { link, support, tally, signal } = session;
  for (;;) {
    throwIfStopped(signal);
    const list = await fetchList(session);
    if (list.kind === "failed") return list;
    if (list.value.length === 0) return { kind: "no-commands" };
    if (link.keepOpen) await suspend(session);
    const round = await executeRound(list.value, support, tally, signal);
    if (round.kind !== "report") return round;
    const lost = await report(round.payload, session);
    if (lost !== undefined) {
      tally.reportFailure ??= lost.error;
      return lost;
    }
    tally.reported += round.responses;
    if (round.finished) return { kind: "finished" };
  }
}

async function fetchList(session: Session): Promise<Outcome<Uint8Array>> {
  const { link, support, signal } = session;
  const refused = await authenticate(session);
  if (refused !== undefined) return refused;
  const { association } = link;
  if (association === undefined) return notConnected();
  const request = commandsRequest(fetchQuery(support.options, support.latestId()));
  const list = await performStep("commands", association, request, support, signal);
  if (!link.keepOpen) await link.close();
  return list;
}

async function authenticate(session: Session): Promise<Failure | undefined> {
  const { link, support, signal } = session;
  const firmware = await readFirmware(support.modem, signal);
  if (firmware.kind === "failed") return firmware;
  const versions = { mver: queryText(firmware.value, support.options), cver: support.options.sdkVersion };
  const { association } = link;
  if (association === undefined) return notConnected();
  const step = await performStep("auth", association, authRequest(versions, session.token), support, signal);
  return step.kind === "failed" ? step : undefined;
}

/** Keep-open ends when the service does not know the resource, or the request was not answered. */
async function suspend(session: Session): Promise<void> {
  const { link, support, signal } = session;
  const { association } = link;
  if (association === undefined) return;
  const exchanged = await sendCoap(association, suspendRequest(), support, signal);
  if (exchanged.kind === "unanswered") link.keepOpen = false;
  if (exchanged.kind === "answer" && exchanged.response.code === "4.04") link.keepOpen = false;
}

/** Sends the report, over a new association where keep-open is off; answers why it did not arrive. */
async function report(payload: Uint8Array, session: Session): Promise<Failure | undefined> {
  const { link, support, signal } = session;
  for (;;) {
    if (!link.keepOpen) {
      const refused = (await link.connect(signal)) ?? (await authenticate(session));
      if (refused !== undefined) return unreported(refused);
    }
    const { association } = link;
    if (association === undefined) return notConnected();
    const step = await performStep("response", association, responseRequest(payload), support, signal);
    if (step.kind === "ok") return undefined;
    if (!link.keepOpen || session.reconnects++ > 0) return unreported(step);
    await link.close();
    link.keepOpen = false;
  }
}

function notConnected(): Failure {
  return failure("ENOTCONN", "provisioning.exchange-failed", "the association with the service is closed");
}
