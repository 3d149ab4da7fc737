import { encodeWireText } from "../core/wire-text.ts";
import { cme, PLAIN_ERROR, type Answer } from "./answer.ts";
import { FAULT_KINDS, type FaultEffect } from "./fault-kind.ts";
import type { FaultOrder } from "./fault-order.ts";
import type { Framer } from "./framing.ts";
import type { SimulatedModem } from "./simulated-modem.ts";

/** What becomes of one command: the bytes to send, and what else happens to the port. */
export type Delivery = {
  /** The modem's answer; absent when the command was not carried out. */
  readonly answer?: Answer;
  /** The bytes on the line; absent when nothing is sent. */
  readonly bytes?: Uint8Array;
  /** What the fault adds to the wait, in ms. */
  readonly extra: number;
  /** Whether the port takes no bytes meanwhile. */
  readonly hold: boolean;
  readonly then: "go-on" | "hang" | "reset" | "unplug" | "reboot";
  /** Whether the host asked for the reboot; default false: it is a fault's. */
  readonly asked?: boolean;
};

const STRAY = Uint8Array.of(0x00, 0xff, 0x0d, 0x0a, 0xfe, 0x7e, 0x0d, 0x0a);
const GARBAGE_LENGTH = 256;

/** What carries commands out: the modem, or the firmware in front of it. */
export type Executor = Pick<SimulatedModem, "execute" | "asReported">;

/** Carries a command out, as the fault that strikes it says. */
export function deliver(
  modem: Executor,
  framer: Framer,
  command: string,
  order: FaultOrder | undefined,
  unsolicited: readonly string[],
): Delivery {
  if (order === undefined) return answered(framer, modem.execute(command), unsolicited);
  const { effect } = FAULT_KINDS[order.kind];
  switch (effect.does) {
    case "refuse":
      return answered(framer, modem.asReported(refusal(effect.code, order.argument)), unsolicited);
    case "quirk":
      return answered(framer, modem.execute(command, effect.quirk), unsolicited);
    case "hang":
    case "reset":
    case "unplug":
    case "reboot":
      return { extra: 0, hold: false, then: effect.does };
    case "delay":
    case "hold": {
      const whole = answered(framer, modem.execute(command), unsolicited);
      return { ...whole, extra: order.argument, hold: effect.does === "hold" };
    }
    case "lose":
    case "garble":
    case "noise":
    case "cut":
      return spoiled(answered(framer, modem.execute(command), unsolicited), effect.does);
    case "mix":
    case "storm":
    case "make":
      return answered(framer, modem.execute(command), unsolicited);
  }
}

function answered(framer: Framer, answer: Answer, unsolicited: readonly string[]): Delivery {
  return { answer, bytes: framer.frame(answer, unsolicited), extra: 0, hold: false, then: "go-on" };
}

function refusal(code: Extract<FaultEffect, { does: "refuse" }>["code"], argument: number): Answer {
  if (code === "plain") return PLAIN_ERROR;
  return cme(code === "argument" ? argument : code);
}

function spoiled(whole: Delivery, how: "lose" | "garble" | "noise" | "cut"): Delivery {
  const { bytes = new Uint8Array(0), ...rest } = whole;
  switch (how) {
    case "lose":
      return rest;
    case "garble":
      return { ...rest, bytes: garbage() };
    case "noise":
      return { ...rest, bytes: Buffer.concat([STRAY, bytes]) };
    case "cut":
      return { ...rest, bytes: bytes.slice(0, cutAt(whole)) };
  }
}

// Half of the information, or half of the final result when there is none: never a complete last line.
function cutAt({ answer, bytes }: Delivery): number {
  const total = bytes?.length ?? 0;
  return answer === undefined || answer.lines.length === 0 ? Math.max(1, total - 3) : total >> 1;
}

// Always the same bytes, spread over the whole range and without line ends, so that no line of them means anything.
function garbage(): Uint8Array {
  return Uint8Array.from({ length: GARBAGE_LENGTH }, (_, index) => 0x80 | ((index * 167 + 43) & 0x7f));
}

/** What a modem writes when it starts. */
export const BOOT_TEXT = encodeWireText(
  [
    "",
    "*** Booting nRF Connect SDK v3.1.0 ***",
    "*** Using Zephyr OS v4.1.99 ***",
    "The AT host sample started",
    "Ready",
    "",
  ].join("\r\n"),
);

/** The unsolicited lines of a storm. */
export const STORM: readonly string[] = [
  '+CEREG: 2,"0A0B","01234567",7',
  "+CSCON: 1",
  "+CGEV: ME PDN ACT 0",
  '%XTIME: "08","52010180355400","00"',
  "+CEREG: 5",
  "%MDMEV: SEARCH STATUS 1",
  "+CSCON: 0",
  "+CGEV: NW DETACH",
];
