import type { TLSSocket } from "node:tls";
import { isIP } from "node:net";
import type { TestStepName } from "../contract/service-test.ts";
import type { Clock } from "../core/clock.ts";
import type { Duration } from "../core/duration.ts";
import type { Facts } from "../core/fact.ts";
import { certificatesOf } from "../transport/https/certificate-authority.ts";
import { dial, trustIn } from "../transport/https/dial.ts";
import type { HttpsAnswer, HttpsRequest } from "../transport/https/https-message.ts";
import { Journey, type Step } from "../transport/https/journey.ts";
import type { ProxyAddress } from "../transport/https/proxy-address.ts";
import { talk } from "../transport/https/talk.ts";
import type { StepBook } from "./step-book.ts";

/** More of an answer says nothing about whether the right service gives it. */
const ANSWER_BYTES = 65_536;

/** Where a way leads and whom it trusts. */
export type HttpsWay = { readonly ca: string; readonly proxy: ProxyAddress | undefined };

/** The steps of a way to `host`; through a proxy, that one looks up the name and opens the connection. */
export function httpsSteps(host: string, proxied: boolean): readonly TestStepName[] {
  if (proxied) return ["proxy", "tls", "answer"];
  return isIP(host) === 0 ? ["name", "connect", "tls", "answer"] : ["connect", "tls", "answer"];
}

/**
 * Goes the whole way as runs do (dial, talk), telling the book each step; the step `answer` is under way when this returns.
 * @throws StationError transport.* in the step that failed
 */
export async function goHttps(
  way: HttpsWay,
  request: HttpsRequest,
  book: StepBook,
  { clock, limit }: { readonly clock: Clock; readonly limit: Duration },
): Promise<HttpsAnswer> {
  const journey = new Journey(request.host, request.port, (step) => book.reach(stepOf(step)));
  const trust = trustIn(certificatesOf(way.ca));
  const route = way.proxy === undefined ? { trust } : { trust, proxy: way.proxy };
  const socket = await dial(journey, route, book.signal);
  try {
    book.reach("tls");
    book.pass(certificateFacts(socket));
    const limits = { connect: limit, idle: limit, exchange: limit, answerBytes: ANSWER_BYTES };
    return await talk(socket, request, { clock, limits, journey, signal: book.signal, needsBody: () => false });
  } finally {
    socket.destroy();
  }
}

function stepOf(step: Step): TestStepName {
  switch (step) {
    case "name lookup":
      return "name";
    case "connect":
    case "proxy":
      return step;
    case "TLS":
      return "tls";
    case "request":
    case "answer":
      return "answer";
  }
}

/** Whose certificate it is, by whom and until when; what a person compares when two services look alike. */
function certificateFacts(socket: TLSSocket): Facts {
  const { subject, issuer, valid_to: until, fingerprint256 } = socket.getPeerCertificate();
  return {
    protocol: socket.getProtocol() ?? "",
    subject: named(subject),
    issuer: named(issuer),
    until,
    sha256: fingerprint256.replaceAll(":", "").toLowerCase(),
  };
}

/** The common name, or the organisation where there is none. */
function named(of: { readonly CN?: string | string[]; readonly O?: string | string[] } | undefined): string {
  return [of?.CN ?? of?.O ?? ""].flat().join(", ").slice(0, 200);
}
