import { argumentsOf, unsigned } from "./at-call.ts";
import { cme, ok, PLAIN_ERROR } from "./answer.ts";
import type { Handler } from "./modem-state.ts";

const MODES = [0, 1, 2, 4, 20, 21, 30, 31, 40, 41, 44];
const DISABLED_IN_BUILD = 51;
const CLAIM_TOKEN_ERROR = 529;

const functionalMode: Handler = (modem, call, quirk) => {
  if (call.form === "read") return ok(`+CFUN: ${modem.mode}`);
  const [wanted, ...more] = argumentsOf(call);
  const mode = unsigned(wanted);
  if (mode === undefined || more.length > 0 || !MODES.includes(mode)) return PLAIN_ERROR;
  if (quirk !== "offline-stuck") modem.mode = mode;
  return ok();
};

const errorReports: Handler = (modem, call) => {
  if (call.form === "read") return ok(`+CMEE: ${modem.cmee}`);
  const [wanted, ...more] = argumentsOf(call);
  const level = unsigned(wanted);
  if ((level !== 0 && level !== 1) || more.length > 0) return PLAIN_ERROR;
  modem.cmee = level;
  return ok();
};

const echoOff: Handler = (modem) => {
  modem.echo = modem.traits.echoStuck;
  return ok();
};

const echoOn: Handler = (modem) => {
  modem.echo = true;
  return ok();
};

const factoryReset: Handler = (modem, call) => {
  const kind = unsigned(argumentsOf(call)[0]);
  if (!modem.offline || (kind !== 0 && kind !== 1)) return PLAIN_ERROR;
  if (kind === 0) modem.store.clear();
  return ok();
};

/** Settings that a modem takes and that change nothing a host of the credentials would notice. */
const accepted: Handler = (_modem, call) => (call.form === "set" ? ok() : PLAIN_ERROR);

/** Registration states: not searching, home network, searching (3GPP TS 27.007). */
const REGISTRATION = { off: 0, home: 1, searching: 2 } as const;
/** Modes in which LTE is up. */
const LTE_MODES = [1, 2, 21];

const registration: Handler = (modem, call, quirk) => {
  if (call.form !== "read") return call.form === "set" ? ok() : PLAIN_ERROR;
  const { off, home, searching } = REGISTRATION;
  const up = quirk === "no-network" ? searching : home;
  return ok(`+CEREG: 0,${LTE_MODES.includes(modem.mode) ? up : off}`);
};

const ACCEPTED = [
  ...["+CGEREP", "%XTIME", "+CGDCONT", "+CGAUTH", "+CNMI", "+CPSMS", "+CEDRXS", "%XPOFWARN"],
  ...["%XSYSTEMMODE", "%XBANDLOCK", "%XMAGPIO", "%XCOEX0", "%XDATAPRFL", "%REL14FEAT", "%XEPCO", "%MDMEV"],
];

/** Commands that set how the modem runs (at.md 2 and 3). */
export const MODE_COMMANDS: Readonly<Record<string, Handler>> = {
  "+CFUN": functionalMode,
  "+CMEE": errorReports,
  "+CEREG": registration,
  E0: echoOff,
  E1: echoOn,
  "%XFACTORYRESET": factoryReset,
  "%KEYINJECT": () => cme(DISABLED_IN_BUILD),
  "%CLAIMTOKEN": () => cme(CLAIM_TOKEN_ERROR),
  ...Object.fromEntries(ACCEPTED.map((name) => [name, accepted])),
};
