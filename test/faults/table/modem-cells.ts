import { ends, pass, type Cell, type End, type Way } from "./cell.ts";

/** Where a fault of the simulators strikes: the phase that meets it, the moment in the simulators' words, and what is done then. */
const MOMENTS = {
  connect: ["connect", "connect", ""],
  identify: ["identify", "identify", ""],
  model: ["identify", "model", " as it tells its model"],
  claim: ["claim", "claim", ""],
  provision: ["provision", "jwt", " at the sign-on"],
  offline: ["provision", "offline", " as it goes offline"],
  keygen: ["provision", "keygen", " as it makes a key"],
  write: ["provision", "write", " as it takes a credential"],
  online: ["provision", "release", " as it goes online again"],
  verify: ["verify", "verify", ""],
  release: ["release", String.raw`/^AT\+CMEE=0/`, ""],
} as const;
type Struck = keyof typeof MOMENTS;
const NAMES = Object.keys(MOMENTS) as Struck[];

/** A fault in every phase in which it means something; both transports where one is in use. */
function row(fault: string, kind: string, by: Partial<Readonly<Record<Struck, End>>>): readonly Cell[] {
  return NAMES.flatMap((name) => {
    const end = by[name];
    if (end === undefined) return [];
    const [phase, moment, when] = MOMENTS[name];
    const ways: readonly Way[] = name === "provision" ? ["https", "coaps"] : ["any"];
    const cause = { by: "modem", order: `${kind}@${moment}*1` } as const;
    return ways.map((way) => ({ fault, ...(when === "" ? {} : { when }), phase, way, cause, end }));
  });
}

/** A fault in every place, with the same end but where told. */
function everywhere(
  fault: string,
  kind: string,
  end: End,
  but: Partial<Readonly<Record<Struck, End>>>,
): readonly Cell[] {
  return row(fault, kind, { ...(Object.fromEntries(NAMES.map((name) => [name, end])) as Record<Struck, End>), ...but });
}

const timeout = ends("FAIL", "at.timeout");
const deaf = ends("FAIL", "at.timeout", "unreachable");
const silent = ends("FAIL", "at.silent", "unreachable");
const lost = ends("ERROR", "link.lost");
const gone = ends("ERROR", "link.lost", "unreachable");
const notThere = ends("ERROR", "link.refused", "untouched");
const rebooted = ends("FAIL", "at.rebooted");
const unreadable = ends("FAIL", "run.identity-unreadable");

const hub = (phase: Cell["phase"], at: RegExp, end: End): Cell => ({
  fault: "USB hub resets, all of its ports at once",
  ...{ phase, way: "any", cause: { by: "hub", at, back: 2500 }, end },
});

export const MODEM_CELLS: readonly Cell[] = [
  ...everywhere("modem silent", "silence", silent, {
    provision: deaf,
    offline: deaf,
    online: ends("FAIL", "provisioning.mode-not-reached", "unreachable"),
  }),
  ...everywhere("garbage for an answer", "garbage", pass, {
    provision: timeout,
    offline: timeout,
    write: timeout,
    online: ends("FAIL", "provisioning.mode-not-reached"),
  }),
  ...everywhere("modem reboots", "reboot", pass, {
    ...{ provision: rebooted, offline: rebooted, keygen: rebooted, write: rebooted, online: rebooted },
  }),
  ...everywhere("cable pulled", "unplug", gone, {
    connect: notThere,
    release: ends("ERROR", "link.refused", "unreachable"),
  }),
  ...everywhere("contact lost for a moment", "disconnect", lost, { connect: pass, release: pass }),
  ...everywhere("flow control stuck for a moment", "flow:3000", pass, {}),
  ...row("flow control stuck for good", "flow:120000", {
    connect: silent,
    claim: silent,
    verify: silent,
    release: silent,
  }),
  ...everywhere("answer of the command before", "mixed-up", pass, {
    identify: unreadable,
    model: unreadable,
    provision: ends("FAIL", "provisioning.signing-refused"),
    keygen: ends("FAIL", "at.keygen-failed"),
    verify: ends("FAIL", "run.credential-missing"),
  }),
  ...everywhere("answer comes too late, into the next command", "late:50000", silent, {
    provision: deaf,
    ...{ offline: pass, keygen: pass, write: timeout, online: pass },
  }),
  hub("connect", /^AT/, notThere),
  hub("identify", /^AT%DEVICEUUID/, lost),
  hub("claim", /^AT%ATTESTTOKEN/, lost),
  hub("provision", /^AT%KEYGEN=/, lost),
  hub("verify", /^AT%CMNG=1,16842753/, lost),
  hub("release", /^AT\+CMEE=0/, pass),
];
