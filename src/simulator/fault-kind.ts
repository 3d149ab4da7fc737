import type { MomentName } from "./fault-moment.ts";
import type { Quirk } from "./modem-options.ts";

/** What a fault does to the command it strikes, or to the board as a whole. */
export type FaultEffect =
  /** Not carried out; answered with this CME code (`number` argument) or plain `ERROR`. */
  | { readonly does: "refuse"; readonly code: "argument" | "plain" | number }
  /** Carried out wrongly. */
  | { readonly does: "quirk"; readonly quirk: Quirk }
  /** Carried out, answered later by the argument in ms. */
  | { readonly does: "delay" }
  /** Carried out, and the port takes no bytes meanwhile; answered later by the argument in ms. */
  | { readonly does: "hold" }
  /** Carried out; the bytes of the answer are lost, replaced, preceded or cut. */
  | { readonly does: "lose" | "garble" | "noise" | "cut" }
  /** Not carried out: hangs for good, resets the connection, pulls the plug, or restarts the modem. */
  | { readonly does: "hang" | "reset" | "unplug" | "reboot" }
  /** Carried out; the answer of the command before comes in place of its own. */
  | { readonly does: "mix" }
  /** Carried out; unsolicited lines from now on. */
  | { readonly does: "storm" }
  /** The board or its port is made differently. */
  | { readonly does: "make"; readonly change: "duplicate" | "echo" | "echo-stuck" | "lead" | "shell" };

/** What a number after the kind means. */
export type FaultArgument = {
  readonly what: string;
  readonly usual: number;
  readonly least: number;
  readonly most: number;
};

/** A kind of fault; the table is also the documentation. */
export type FaultKind = {
  /** What happens, in words. */
  readonly what: string;
  /** When it strikes if nothing is said. */
  readonly moment: MomentName;
  /** How often it strikes if nothing is said. */
  readonly times: number;
  /** How a run is expected to end that handles it well: for the documentation and as a hint to tests. */
  readonly ends: "PASS" | "FAIL" | "ERROR";
  readonly effect: FaultEffect;
  readonly argument?: FaultArgument;
};

const ALWAYS = Number.POSITIVE_INFINITY;
const delayOf = (usual: number): FaultArgument => ({ what: "milliseconds", usual, least: 0, most: 3_600_000 });
const refuse = (moment: MomentName, code: number | "plain", what: string): FaultKind => ({
  ...{ what, moment, times: ALWAYS, ends: "FAIL" },
  effect: { does: "refuse", code },
});
const quirk = (moment: MomentName, name: Quirk, ends: FaultKind["ends"], what: string): FaultKind => ({
  ...{ what, moment, times: ALWAYS, ends },
  effect: { does: "quirk", quirk: name },
});
const make = (
  change: Extract<FaultEffect, { does: "make" }>["change"],
  ends: FaultKind["ends"],
  what: string,
): FaultKind => ({ what, moment: "start", times: ALWAYS, ends, effect: { does: "make", change } });

const LINE_FAULTS = {
  silence: {
    what: "the modem hangs: nothing is answered from then on, until it is started anew",
    ...{ moment: "write", times: 1, ends: "FAIL", effect: { does: "hang" } },
  },
  mute: {
    what: "the command is carried out, its answer is lost",
    ...{ moment: "write", times: 1, ends: "FAIL", effect: { does: "lose" } },
  },
  garbage: {
    what: "the command is carried out, its answer is 256 bytes of garbage",
    ...{ moment: "write", times: 1, ends: "FAIL", effect: { does: "garble" } },
  },
  noise: {
    what: "stray bytes before an intact answer",
    ...{ moment: "any", times: ALWAYS, ends: "PASS", effect: { does: "noise" } },
  },
  truncated: {
    what: "the command is carried out, its answer breaks off in the middle, without a final result",
    ...{ moment: "jwt", times: 1, ends: "FAIL", effect: { does: "cut" } },
  },
  slow: {
    what: "each command takes longer, within its limit",
    ...{ moment: "any", times: ALWAYS, ends: "PASS", effect: { does: "delay" }, argument: delayOf(250) },
  },
  late: {
    what: "the answer comes after its limit has passed",
    ...{ moment: "write", times: 1, ends: "FAIL", effect: { does: "delay" }, argument: delayOf(32_000) },
  },
  flow: {
    what: "the port takes no bytes for a while, as flow control does",
    ...{ moment: "write", times: 1, ends: "PASS", effect: { does: "hold" }, argument: delayOf(3000) },
  },
  disconnect: {
    what: "the connection is reset in the middle of the command; it can be opened again",
    ...{ moment: "write", times: 1, ends: "ERROR", effect: { does: "reset" } },
  },
  unplug: {
    what: "the connection is reset in the middle of the command and cannot be opened again",
    ...{ moment: "write", times: 1, ends: "ERROR", effect: { does: "unplug" } },
  },
  reboot: {
    what: "the modem restarts in the middle of the command: boot text, then CMEE, echo, mode and time are as after power-up",
    ...{ moment: "write", times: 1, ends: "FAIL", effect: { does: "reboot" } },
  },
  "mixed-up": {
    what: "the command is carried out, what comes is the answer of the command before",
    ...{ moment: "firmware", times: 1, ends: "FAIL", effect: { does: "mix" } },
  },
  "urc-storm": {
    what: "unsolicited lines before, between and after the lines of each answer, from then on",
    ...{ moment: "connect", times: 1, ends: "PASS", effect: { does: "storm" } },
  },
} as const satisfies Readonly<Record<string, FaultKind>>;

const REFUSALS = {
  "wrong-cme": {
    what: "a CME code that no table knows",
    ...{ moment: "write", times: ALWAYS, ends: "FAIL", effect: { does: "refuse", code: "argument" } },
    argument: { what: "CME code", usual: 522, least: 0, most: 65_535 },
  },
  "plain-error": refuse("write", "plain", "ERROR without a code"),
  "cold-start": { ...refuse("connect", "plain", "the first command is answered with ERROR"), times: 1, ends: "PASS" },
  "keygen-fail": refuse("keygen", 523, "key generation fails"),
  "key-exists": refuse("keygen", 519, "the key is there even after it was deleted"),
  "memory-full": refuse("write", 515, "the credential storage is full"),
  "power-warning": {
    ...refuse("write", 528, "the power-off warning is active: nothing can be written"),
    ends: "ERROR",
  },
  "bad-content": { ...refuse("write", 527, "the content cannot be parsed"), ends: "ERROR" },
  "no-access": refuse("write", 514, "the tag may not be written"),
  active: refuse("write", 518, "the modem says that it is active though it is offline"),
  "jwt-fail": refuse("jwt", 525, "no JWT can be made"),
  "attest-fail": refuse("claim", "plain", "no attestation token can be made"),
  "cfun-error": refuse("offline", "plain", "the modem does not go offline"),
  "online-error": refuse("release", "plain", "the modem does not come back online, as with a broken SIM"),
  "no-uuid": refuse("identify", "plain", "neither IMEI nor device UUID can be read"),
  "no-clock": refuse("clock", "plain", "the time cannot be set"),
} as const satisfies Readonly<Record<string, FaultKind>>;

const WRONG_BOARDS = {
  "old-firmware": quirk("firmware", "old-firmware", "FAIL", "the firmware is mfw_nrf91x1_1.0.0"),
  "wrong-model": quirk("model", "wrong-model", "FAIL", "the module is an nRF9160-SICA"),
  "offline-stuck": quirk("offline", "offline-stuck", "FAIL", "AT+CFUN=4 answers OK and changes nothing"),
  "corrupt-store": quirk("write", "corrupt-store", "FAIL", "one bit of what is written changes: its SHA-256 differs"),
  "lost-write": quirk("write", "lost-write", "FAIL", "a write answers OK and nothing is stored"),
  "rogue-key": quirk("jwt", "rogue-key", "ERROR", "JWTs are signed with another key than the claimed one"),
  "bad-signature": quirk("jwt", "bad-signature", "ERROR", "JWTs carry a damaged signature"),
  "bad-attestation": quirk("claim", "bad-signature", "ERROR", "attestation tokens carry a damaged signature"),
  unclaimed: quirk("jwt", "foreign-uuid", "ERROR", "JWTs name a device that nobody claimed"),
  "clock-skew": quirk(
    "clock",
    "clock-skew",
    "ERROR",
    "the clock runs a day behind what it was set to: JWTs have expired",
  ),
  duplicate: make("duplicate", "ERROR", "the board has the identity of slot 1"),
  echo: make("echo", "PASS", "the echo is on after power-up"),
  "echo-stuck": make("echo-stuck", "PASS", "the echo is on and ATE0 does not turn it off"),
  "crlf-lead": make("lead", "PASS", "CR LF before each reply"),
  shell: make("shell", "PASS", "the port is a Zephyr shell where AT commands are expected"),
} as const satisfies Readonly<Record<string, FaultKind>>;

/** Faults of boards that provision themselves (board-firmware.ts). */
const SESSIONS = {
  "no-network": quirk("network", "no-network", "ERROR", "the modem finds no network"),
  "session-silent": quirk("session", "session-silent", "FAIL", "the board's session says nothing and does nothing"),
  "session-failed": quirk("session", "session-failed", "ERROR", "the board's session fails"),
  "session-unclaimed": quirk("session", "session-unclaimed", "ERROR", "the board says that it is not claimed"),
  "session-wrong-ca": quirk("session", "session-wrong-ca", "ERROR", "the board does not trust the service"),
  "session-no-time": quirk("session", "session-no-time", "ERROR", "the board has no valid time"),
  "session-too-many": quirk("session", "session-too-many", "FAIL", "the board gets more commands than it can take"),
  "session-fatal": quirk("session", "session-fatal", "FAIL", "the board's provisioning gives up for good"),
  "session-garbage": quirk("session", "session-garbage", "PASS", "garbage among the board's reports"),
} as const satisfies Readonly<Record<string, FaultKind>>;

const KINDS = { ...LINE_FAULTS, ...REFUSALS, ...WRONG_BOARDS, ...SESSIONS };

/** The name of a kind of fault. */
export type FaultName = keyof typeof KINDS;

/** Every kind of fault by name. */
export const FAULT_KINDS: Readonly<Record<FaultName, FaultKind>> = KINDS;

/** Whether a text names a kind of fault. */
export function isFaultName(text: string): text is FaultName {
  return Object.hasOwn(FAULT_KINDS, text);
}
