import type { Blame } from "../../../src/core/error-code.ts";
import { codeEntry, type ErrorCode } from "../../../src/core/error-codes.ts";

/** Groups of error codes that an operator meets as one thing; `faults.<family>` holds its words. */
const FAMILIES = {
  modemSilent: /^at\.(timeout|silent|unsynced)$/,
  modemRestarted: /^at\.rebooted$/,
  shellFailed: /^at\.(shell-failed|wrong-mode)$/,
  settingNotKept: /^(at\.setting-refused|provisioning\.setting-(refused|not-kept)|run\.setting-different)$/,
  storageFull: /^at\.storage-full$/,
  keyNotMade: /^(at\.(keygen|jwt)-failed|provisioning\.(signing|attestation)-refused)$/,
  keyNotKept: /^(run\.credential-(missing|different)|provisioning\.ca-not-installed)$/,
  keyExtra: /^run\.credential-unexpected$/,
  keyDiffers: /^run\.key-differs$/,
  tagOccupied: /^run\.tag-occupied$/,
  proofChanged: /^run\.proof-changed$/,
  goldenUnit: /^run\.golden-/,
  goldenDue: /^station\.golden-(missing|due|failed)$/,
  supply: /^at\.power-warning$/,
  commandRefused:
    /^(at\.(rejected|not-found|no-access|modem-active|already-exists)|(run|device)\.command-failed|provisioning\.command-refused)$/,
  boardSilent: /^device\.silent$/,
  boardRefused: /^device\.(unsupported|start-refused|fatal|too-many-commands)$/,
  boardOffline: /^device\.(no-network|no-time|failed)$/,
  boardTrust: /^device\.wrong-root-ca$/,
  modeRefused: /^(run\.(mode|release)-refused|provisioning\.mode-(unreadable|not-reached))$/,
  wrongModel: /^run\.wrong-(model|hardware)$/,
  wrongFirmware: /^run\.firmware-/,
  otherIdentity: /^run\.(token-of-other-(unit|model)|claimed-other-unit)$/,
  modemUnreadable:
    /^(at\.(overflow|unreadable)|run\.identity-unreadable|provisioning\.(reply-too-long|report-malformed|token-malformed|modem-time-missing|firmware-unreadable|uuid-unreadable))$/,
  linkLost: /^link\.(lost|closed|stuck)$/,
  linkBusy: /^link\.(busy|denied)$/,
  boardNotFound: /^link\.(absent|refused|unreachable|open-timeout|open-failed)$/,
  serviceTimeout: /^(transport\.timeout|provisioning\.no-answer|dtls\.handshake-timeout|coap\.no-answer)$/,
  serviceUntrusted: /^(transport\.(tls-|bad-ca)|dtls\.(certificate-|key-proof|finished))/,
  serviceUnreached:
    /^(transport\.(name|refused|unreachable|reset|closed|truncated|proxy)|cloud\.unavailable|dtls\.(no-answer|closed|idle)|coap\.closed)/,
  identityRefused: /^(cloud|provisioning|service)\.token-refused$/,
  notClaimed: /^(provisioning|service|device)\.not-claimed$/,
  ownedElsewhere: /^cloud\.claimed-elsewhere$/,
  queueTaken: /^cloud\.(queue-not-empty|leftovers)$/,
  ruleWrong: /^cloud\.rule-/,
  keyRejected: /^cloud\.(key|role)-refused$/,
  tokensNotKept: /^station\.tokens-unwritable$/,
  claimInterrupted: /^run\.claim-interrupted$/,
  ordersIncomplete:
    /^(run\.(nothing-executed|commands-missing|not-finished|content-differs)|provisioning\.(list-|rounds))/,
  resultUnconfirmed: /^(run\.result-unreported|provisioning\.(report-failed|report-too-large)|cloud\.result-)/,
  serviceRefused:
    /^(cloud|service|transport|coap|dtls\.(peer-alert|parameters|no-extended|protocol)|provisioning\.(request|service|answer|exchange|command|nothing))/,
  labelMissing: /^(run\.serial-missing|values\.no-serial)$/,
  labelWrong: /^(run\.serial-pattern|station\.serial-)/,
  valuesUsedUp: /^values\.exhausted$/,
  noValues: /^values\.(no-row|row-|unfilled)/,
  passedBefore: /^(station|line)\.passed-before$/,
  unitElsewhere: /^line\.unit-elsewhere$/,
  unitTaken: /^line\.lease-(lost|unreadable)$/,
  lineAway: /^line\.(away|untrusted|refused|not-set-up|answer|lease-late|full|too-large|differs|forked)$/,
  unitMoved: /^station\.unit-/,
  stopped: /^station\.aborted$/,
  interrupted: /^(station\.closing|run\.interrupted)$/,
  tooLong: /^run\.phase-limit$/,
  recordFailed: /^(audit\.|station\.store|run\.(store|admission))/,
  workerFailed: /^station\.(worker|internal)/,
} as const;

/** Families for codes that no rule names, by who is to blame. */
const BY_BLAME = {
  unit: "unitFault",
  station: "stationFault",
  service: "serviceRefused",
  line: "lineFault",
  input: "setupWrong",
  person: "stopped",
} as const satisfies Readonly<Record<Blame, string>>;

/** A family of faults. */
export type FaultFamily = keyof typeof FAMILIES | (typeof BY_BLAME)[Blame];

/** The family of a code. */
export function faultFamily(code: ErrorCode): FaultFamily {
  for (const family of familyNames) if (FAMILIES[family].test(code)) return family;
  return BY_BLAME[codeEntry(code).blame];
}

const familyNames = Object.keys(FAMILIES) as readonly (keyof typeof FAMILIES)[];

/** What to do, out of an advice of the form `What happened: what to do.`; the whole where it has no such form. */
export function remedyOf(advice: string): string {
  const colon = advice.indexOf(": ");
  if (colon < 0) return advice;
  const rest = advice.slice(colon + 2);
  return rest.slice(0, 1).toUpperCase() + rest.slice(1);
}
