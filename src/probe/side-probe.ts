import { refusal } from "../cloud/owner-refusal.ts";
import type { ResolvedProfile } from "../contract/profile.ts";
import type { ServiceSide, TestStepName } from "../contract/service-test.ts";
import { StationError } from "../core/error.ts";
import type { Fact } from "../core/fact.ts";
import type { Secret } from "../core/secret.ts";
import { STATION_VERSION } from "../core/version.ts";
import type { HttpsAnswer, HttpsRequest } from "../transport/https/https-message.ts";
import { ownerBase } from "../transport/https/owner-https.ts";

const USER_AGENT = `provisioning-station/${STATION_VERSION}`;
/** What the service says to a request without a token; 403 and 415 by other releases (protocol.md 5.4). */
const WITHOUT_TOKEN: ReadonlySet<number> = new Set([400, 401, 403, 415]);

/** One side of a service as it is to be tried. */
export type SideProbe = {
  readonly side: ServiceSide;
  readonly host: string;
  readonly port: number;
  readonly ca: string;
  readonly request: HttpsRequest;
  /** The steps behind `answer`. */
  readonly more: readonly TestStepName[];
  /** What the answer means, step by step from `answer` on; throws in the step that it fails. */
  readonly judge: (answer: HttpsAnswer, passed: () => void) => void;
};

/** The device side: the list of commands, asked without a token, which the service must refuse. */
export function deviceProbe({ host, port, ca }: NonNullable<ResolvedProfile["https"]>): SideProbe {
  const named = host.includes(":") ? `[${host}]` : host;
  return {
    ...({ side: "device", host, port, ca, more: [] } as const),
    request: {
      ...({ method: "GET", host, port, path: "/v1/provisioning/commands" } as const),
      headers: [["Host", named], ["Accept", "application/cbor"], ["User-Agent", USER_AGENT], CLOSE],
    },
    judge(answer, passed) {
      if (!WITHOUT_TOKEN.has(answer.status)) throw wrongAnswer(answer, "probe.not-service");
      passed();
    },
  };
}

/** The owner side: the list of provisioning rules, which changes nothing and which every key may read. */
export function ownerProbe(base: string, ca: string, key: Secret | undefined): SideProbe {
  const { host, port, authority, path } = ownerBase(base);
  const authorization = key === undefined ? [] : ([["Authorization", `Bearer ${key.reveal()}`]] as const);
  return {
    ...({ side: "owner", host, port, ca, more: ["key"] } as const),
    request: {
      ...({ method: "GET", host, port, path: `${path}/provisioning-rules` } as const),
      headers: [
        ["Host", authority],
        ...authorization,
        ["Accept", "application/json"],
        ["User-Agent", USER_AGENT],
        CLOSE,
      ],
    },
    judge(answer, passed) {
      const refused = answer.status === 401 || answer.status === 403;
      if (!refused && !isJson(answer)) throw wrongAnswer(answer, "probe.not-owner");
      passed();
      if (key === undefined) throw new StationError("cloud.key-missing", "the station has no owner API key");
      if (refused) throw withoutKey(refusal(answer, "test"), key);
      passed();
    },
  };
}

const CLOSE = ["Connection", "close"] as const;

function isJson({ status, body }: HttpsAnswer): boolean {
  return status === 200 && /^\s*[[{]/.test(new TextDecoder().decode(body.subarray(0, 256)));
}

/** An answer that the right service does not give, or only when it is not well. */
function wrongAnswer(answer: HttpsAnswer, code: "probe.not-service" | "probe.not-owner"): StationError {
  const { status } = answer;
  if (status >= 500) return new StationError("cloud.unavailable", "the service cannot answer", { status });
  if (status === 429) return new StationError("cloud.too-many-requests", "the service refused the request", { status });
  return new StationError(code, "the answer is not that of the service", { status });
}

/** A service may quote the key in its message: it is taken out. */
function withoutKey(error: StationError, key: Secret): StationError {
  const clean = (fact: Fact): Fact => (typeof fact === "string" ? fact.replaceAll(key.reveal(), "[secret]") : fact);
  const facts = Object.fromEntries(Object.entries(error.facts).map(([name, fact]) => [name, clean(fact)]));
  return new StationError(error.code, error.message, facts);
}
