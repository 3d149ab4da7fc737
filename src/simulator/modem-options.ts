import type { Clock } from "../core/clock.ts";
import type { RandomBytes } from "../core/ids.ts";
import type { Board } from "./board.ts";
import type { KeygenSignature } from "./cose.ts";
import type { NonVolatileMemory, StorageLimits } from "./credential.ts";
import type { ModemModel } from "./model.ts";

/** How a simulated modem is made; only the board and the clock are needed. */
export type ModemOptions = {
  readonly board: Board;
  readonly clock: Clock;
  readonly random?: RandomBytes;
  /** Default `nRF9151-LACA`. */
  readonly model?: ModemModel;
  /** The text of `AT+CGMR`; default: the model's. */
  readonly firmware?: string;
  /** The text of `AT%HWVERSION`; default: the model's. */
  readonly hardware?: string;
  /** The functional mode after power-up; default 1, so that a host must take the modem offline before it writes. */
  readonly bootMode?: number;
  /** Whether a SIM is present (`AT%XICCID`); default true. */
  readonly sim?: boolean;
  /** Whether the echo is on after power-up; default false. */
  readonly echo?: boolean;
  /** Whether `ATE0` leaves the echo on; default false. */
  readonly echoStuck?: boolean;
  /** Whether lists name the modem's own credentials on the reserved tags; default true. */
  readonly listReserved?: boolean;
  /** Whether a write over an existing credential replaces it; default: only on nRF9160 (at.md 4). */
  readonly overwrite?: boolean;
  /** Whether unparsable certificates, keys and PSKs are refused with 527, as newer firmware does; default false. */
  readonly checkContent?: boolean;
  /** The signature input of KEYGEN tokens; default `aad-der` on nRF9160, `aad-empty` otherwise (protocol.md 7.3). */
  readonly keygenSignature?: KeygenSignature;
  /** Whether CSRs carry NULL parameters in their signature algorithm; default: only on nRF9160. */
  readonly nullParameters?: boolean;
  readonly storage?: StorageLimits;
  readonly memory?: NonVolatileMemory;
};

/** A way in which a modem carries out one command wrongly; the simulator's faults set it (fault-kind.ts). */
export type Quirk =
  | "bad-signature"
  | "clock-skew"
  | "corrupt-store"
  | "foreign-uuid"
  | "lost-write"
  | "no-network"
  | "offline-stuck"
  | "old-firmware"
  | "rogue-key"
  | "session-failed"
  | "session-fatal"
  | "session-garbage"
  | "session-no-time"
  | "session-silent"
  | "session-too-many"
  | "session-unclaimed"
  | "session-wrong-ca"
  | "wrong-model";
