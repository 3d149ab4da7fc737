import { redact, type Sha256 } from "./digest.ts";
import { UUID_PATTERN } from "./ids.ts";

/** What stands for a secret text: `[sha256:<hex> length:<bytes>]`. */
export function digested(text: string, sha256: Sha256): string {
  const { sha256: hex, length } = redact(text, sha256);
  return `[sha256:${hex} length:${length}]`;
}

/**
 * How suspicious a text is: the longest quoted value and the longest unbroken string of base64 or hex characters that may
 * be shown. Values that span lines are hidden wherever there is a limit on values.
 */
export type Suspicion = { readonly quoted: number; readonly run: number; readonly hex: number };

/** Parameters of commands that carry no secrets: subjects, times, nonces. */
export const OPEN_COMMAND: Suspicion = { quoted: 256, run: 65, hex: 33 };
/** Parameters of commands that nobody knows. */
export const STRANGE_COMMAND: Suspicion = { quoted: 16, run: 24, hex: 24 };
/** Answers of commands that are not known to answer secrets. */
export const ANSWER: Suspicion = { quoted: 128, run: 40, hex: 32 };

const PRIVATE_KEY = /-----BEGIN [^-]{0,64}-----[\s\S]*?(?:-----END [^-]{0,64}-----|$)/g;
const QUOTED = /"([^"]*)(?:"|$)/g;
const RUN = /[A-Za-z0-9+/_=-]{24,}/g;
const HEX = /[0-9A-Fa-f]{24,}/g;

const DIGEST = /(\[sha256:[0-9a-f]{64} length:\d+\])/;

/** The text with everything replaced that looks like a key, a token or a certificate. */
export function hideSecretLooking(text: string, sha256: Sha256, suspicion: Suspicion): string {
  const hide = (secret: string): string => digested(secret, sha256);
  const steps: readonly ((part: string) => string)[] = [
    (part) =>
      part.replaceAll(QUOTED, (whole, value: string) =>
        value.length > suspicion.quoted || /[\r\n]/.test(value) ? `"${hide(value)}"` : whole,
      ),
    (part) => part.replaceAll(PRIVATE_KEY, hide),
    (part) =>
      part.replaceAll(RUN, (run) =>
        run.length < suspicion.run || UUID_PATTERN.test(run.toLowerCase()) ? run : hide(run),
      ),
    (part) => part.replaceAll(HEX, (run) => (run.length < suspicion.hex ? run : hide(run))),
  ];
  return steps.reduce(outsideDigests, text);
}

/** What an earlier step has replaced is no text of the modem any more: later steps leave it alone. */
function outsideDigests(text: string, step: (part: string) => string): string {
  return text
    .split(DIGEST)
    .map((part, index) => (index % 2 === 1 ? part : step(part)))
    .join("");
}
