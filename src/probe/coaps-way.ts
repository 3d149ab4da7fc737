import { randomBytes } from "node:crypto";
import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { Clock } from "../core/clock.ts";
import { abortReason } from "../core/clock.ts";
import type { Duration } from "../core/duration.ts";
import { asStationError, StationError } from "../core/error.ts";
import { connectDtls } from "../dtls/connect-dtls.ts";
import type { DtlsConnection } from "../dtls/dtls-connection.ts";
import type { CoapResponse } from "../provisioning/transport.ts";
import { CoapsTransport } from "../transport/coaps/coaps-transport.ts";
import type { StepBook } from "./step-book.ts";

export type CoapsPlace = { readonly host: string; readonly port: number; readonly ca: string };

/** What the service says to a request without a token (protocol.md 6.3). */
const WITHOUT_TOKEN: ReadonlySet<string> = new Set(["4.00", "4.01", "4.03"]);
/** What means that nothing came back at all: there is no connection to speak of. */
const UNREACHED: ReadonlySet<string> = new Set([
  ...["dtls.no-answer", "transport.refused", "transport.unreachable", "transport.timeout"],
]);
const SIZES = { blockBytes: 512, answerBytes: 65_536 };

/**
 * Goes the way to the device side over CoAP as runs do, the steps those of HTTPS: `connect` passes with the first datagram that comes back;
 * then handshake, then the list of commands without a token, which the
 * service must refuse.
 * @throws StationError transport.*, dtls.*, coap.*, probe.not-service in the step that failed
 */
export async function goCoaps(
  place: CoapsPlace,
  book: StepBook,
  { clock, limit }: { readonly clock: Clock; readonly limit: Duration },
): Promise<void> {
  if (isIP(place.host) === 0) {
    await lookedUp(place.host);
    if (book.signal.aborted) throw abortReason(book.signal);
    book.reach("connect");
  }
  const transport = new CoapsTransport({
    ...{ ...place, ...SIZES, clock, random: randomBytes },
    connect: async (options) => handshake(() => connectDtls({ ...options, limit }), book),
  });
  const association = await transport.connect(book.signal);
  try {
    const request = { method: "GET", confirmable: true, path: "p/cmd?after=" } as const;
    judge(await association.exchange(request, book.signal), book);
  } finally {
    await association.close();
  }
}

async function lookedUp(host: string): Promise<void> {
  try {
    await lookup(host);
  } catch (cause) {
    throw new StationError("transport.name-lookup", "the service's name was not found", { host }, { cause });
  }
}

async function handshake(connect: () => Promise<DtlsConnection>, book: StepBook): Promise<DtlsConnection> {
  try {
    const connection = await connect();
    const { suite, peerFingerprint } = connection.facts;
    book.reach("tls");
    book.pass({ protocol: "DTLS 1.2", suite, sha256: peerFingerprint ?? "" });
    return connection;
  } catch (error) {
    if (!UNREACHED.has(asStationError(error).code)) book.reach("tls");
    throw error;
  }
}

function judge({ code }: CoapResponse, book: StepBook): void {
  const status = { status: code };
  if (code.startsWith("5.")) throw new StationError("cloud.unavailable", "the service cannot answer", status);
  if (!WITHOUT_TOKEN.has(code))
    throw new StationError("probe.not-service", "the answer is not that of the service", status);
  book.pass(status);
}
