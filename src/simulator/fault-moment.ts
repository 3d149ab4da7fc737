import type { Answer } from "./answer.ts";

/** The named moments at which a fault can strike, with what they mean. */
export const FAULT_MOMENTS = {
  start: "from power-up on, before any command",
  connect: "the first command after the port was opened",
  identify: "a question for IMEI or device UUID",
  firmware: "a question for the firmware",
  model: "a question for model or hardware",
  check: "a question for firmware, model or hardware",
  claim: "AT%ATTESTTOKEN",
  clock: "setting the modem's clock",
  jwt: "AT%JWT, the sign-on at the provisioning service",
  offline: "AT+CFUN=4",
  delete: "AT%CMNG=3, deleting a credential",
  keygen: "AT%KEYGEN",
  write: "AT%CMNG=0, writing a credential",
  provision: "generating, writing or deleting a credential",
  list: "AT%CMNG=1, listing credentials",
  verify: "listing or reading credentials after one was written or generated",
  network: "AT+CEREG?, a question for the registration in the network",
  session: "AT#XNRFPROV or nrf_provisioning now, which start a session of the board's own",
  release: "AT+CFUN=… other than 4 after the modem was taken offline",
  any: "every command",
} as const satisfies Readonly<Record<string, string>>;

/** The name of a moment. */
export type MomentName = keyof typeof FAULT_MOMENTS;

/** When a fault strikes: a named moment, or every command that a pattern fits. */
export type Moment = { readonly name: MomentName } | { readonly pattern: RegExp };

/** What happened on the port since it was opened, as far as moments depend on it. */
export type PortHistory = { readonly commands: number; readonly changed: boolean; readonly wentOffline: boolean };

/** The history of a port that was just opened. */
export const NEW_PORT: PortHistory = { commands: 0, changed: false, wentOffline: false };

const PATTERNS: Readonly<Record<Exclude<MomentName, "start" | "connect" | "any">, RegExp>> = {
  identify: /^AT(\+CGSN|%DEVICEUUID)/i,
  firmware: /^AT(\+CGMR|%SHORTSWVER)/i,
  model: /^AT(\+CGMM|%HWVERSION)/i,
  check: /^AT(\+CGMR|%SHORTSWVER|\+CGMM|%HWVERSION)/i,
  claim: /^AT%ATTESTTOKEN/i,
  clock: /^AT[+%]CCLK=/i,
  jwt: /^AT%JWT/i,
  offline: /^AT\+CFUN=4/i,
  delete: /^AT%CMNG=3/i,
  keygen: /^AT%KEYGEN=/i,
  write: /^AT%CMNG=0/i,
  provision: /^AT%(KEYGEN=|CMNG=[03])/i,
  list: /^AT%CMNG=1/i,
  verify: /^AT%CMNG=[12]/i,
  network: /^AT\+CEREG\?/i,
  session: /^(AT#XNRFPROV|nrf_provisioning +now)$/i,
  release: /^AT\+CFUN=(?!4)[0-9]/i,
};

/** Whether a command falls into a moment. */
export function isMoment(moment: Moment, command: string, history: PortHistory): boolean {
  if ("pattern" in moment) return moment.pattern.test(command);
  switch (moment.name) {
    case "start":
      return false;
    case "any":
      return true;
    case "connect":
      return history.commands === 0;
    case "verify":
      return history.changed && PATTERNS.verify.test(command);
    case "release":
      return history.wentOffline && PATTERNS.release.test(command);
    default:
      return PATTERNS[moment.name].test(command);
  }
}

/** The history after a command was answered. */
export function afterCommand(history: PortHistory, command: string, answer: Answer): PortHistory {
  const done = answer.final.kind === "ok";
  return {
    commands: history.commands + 1,
    changed: history.changed || (done && (PATTERNS.write.test(command) || PATTERNS.keygen.test(command))),
    wentOffline: history.wentOffline || (done && PATTERNS.offline.test(command)),
  };
}
