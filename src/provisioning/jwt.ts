import type { Clock, Instant } from "../core/clock.ts";
import { inSeconds } from "../core/duration.ts";
import { quantity } from "../core/fact.ts";
import { utcParts } from "../core/iso-time.ts";
import { Secret } from "../core/secret.ts";
import type { AtPort } from "../modem/at-port.ts";
import { isInterfaceFailure } from "./cmee.ts";
import { failure, ok, type Outcome } from "./failure.ts";
import { ask, quotedText } from "./modem-queries.ts";
import type { ProvisioningOptions } from "./options.ts";

/** Longest answer of `AT%JWT`, in characters, that the library takes (protocol.md 5.5). */
const LONGEST_REPLY = 850;
const TOKEN = /^[A-Za-z0-9_.-]+$/;

/** What signing takes. */
export type Signer = { readonly modem: AtPort; readonly clock: Clock; readonly options: ProvisioningOptions };

/**
 * Has the modem sign a token for the service (protocol.md 5.5): first its clock must be valid, as the token carries the
 * time; by default a modem without time is given the station's (protocol.md 15), strict fails with ETIME.
 */
export async function makeJwt(signer: Signer, signal?: AbortSignal): Promise<Outcome<Secret>> {
  const timed = await ensureModemTime(signer, signal);
  if (timed.kind === "failed") return timed;
  const what = "the modem does not sign a token";
  const answer = await ask(signer.modem, jwtCommand(signer.options), "provisioning.signing-refused", what, signal);
  if (answer.kind === "failed") return answer;
  const length = answer.value.text.length;
  if (length > LONGEST_REPLY) {
    const facts = { length: quantity(length, "characters"), limit: quantity(LONGEST_REPLY, "characters") };
    return failure("EBADMSG", "provisioning.signing-refused", "the modem's token is too long", facts);
  }
  const token = quotedText(answer.value)?.replaceAll("+", "-").replaceAll("/", "_").split("=", 1)[0] ?? "";
  if (!TOKEN.test(token)) return failure("EBADMSG", "provisioning.signing-refused", "the modem's token is no JWT");
  return ok(new Secret(token));
}

/** The command: the device identity key signs, or the key at JWT_SEC_TAG when that is not 0. */
export function jwtCommand(options: ProvisioningOptions): string {
  const key = options.jwtSecTag === 0 ? "" : `,${options.jwtSecTag},2`;
  return `AT%JWT=0,${inSeconds(options.jwtMaxValidTime)},"",""${key}`;
}

/** The station's time as `AT+CCLK=` takes it, in UTC: `26/03/01,08:00:00+00`. */
export function modemTime(now: Instant): string {
  const { year, month, day, hour, minute, second } = utcParts(now);
  const two = (part: number): string => String(part % 100).padStart(2, "0");
  return `${two(year)}/${two(month)}/${two(day)},${two(hour)}:${two(minute)}:${two(second)}+00`;
}

async function ensureModemTime(signer: Signer, signal?: AbortSignal): Promise<Outcome<undefined>> {
  const first = await readTime(signer.modem, signal);
  if (first.kind === "ok" || signer.options.compatibility === "strict" || isInterfaceFailure(first.error)) return first;
  const what = "the modem does not take the time";
  const set = `AT+CCLK="${modemTime(signer.clock.now())}"`;
  const taken = await ask(signer.modem, set, "provisioning.modem-time-missing", what, signal);
  return taken.kind === "failed" ? { ...taken, errno: "ETIME" } : readTime(signer.modem, signal);
}

async function readTime(modem: AtPort, signal?: AbortSignal): Promise<Outcome<undefined>> {
  const what = "the modem has no valid time";
  const answer = await ask(modem, "AT%CCLK?", "provisioning.modem-time-missing", what, signal);
  return answer.kind === "failed" ? { ...answer, errno: "ETIME" } : ok(undefined);
}
