import type { StationError } from "../core/error.ts";
import type { AtPort } from "../modem/at-port.ts";
import type { Command, CommandResponse } from "./command.ts";
import type { Errno } from "./errno.ts";

/** `strict` reproduces the vendor library byte for byte; `default` differs where open-questions.md decides so (Q4: plain ERROR and CME 0 are failures). */
export type Compatibility = "default" | "strict";

/** Where the settings of config commands go (protocol.md 8). Keys and values are wire text. */
export interface SettingsSink {
  /** @throws StationError provisioning.setting-refused; its fact `errno` (positive number) is reported to the service (protocol.md 4.6) */
  write(key: string, value: string, signal?: AbortSignal): Promise<void>;
}

/** What the execution of a command list needs from its surroundings. */
export interface ExecutionHost {
  readonly modem: AtPort;
  readonly settings: SettingsSink;
  /** Raises NEED_LTE_DEACTIVATED and waits until the modem is in CFUN 4 (protocol.md 2.6); answers the library's result: undefined when reached. */
  goOffline(signal?: AbortSignal): Promise<Errno | undefined>;
  /** Raises NEED_LTE_ACTIVATED and waits for the network flag; answers as {@link ExecutionHost.goOffline}. */
  goOnline(signal?: AbortSignal): Promise<Errno | undefined>;
  /** Called before each AT or config command goes out; the command is sent only after the promise resolves. */
  announce(command: Command, place: CommandPlace): Promise<void>;
  /** Called with the outcome of each command that was tried. `response` is absent where the library makes none. */
  concluded(command: Command, place: CommandPlace, response: CommandResponse | undefined): void;
  /** Called with the id of the command executed last (protocol.md 2.7). */
  rememberId(id: string): void;
}

/** Where a command stands in its list: ordinal 1 to total. */
export type CommandPlace = { readonly ordinal: number; readonly total: number };

/** The result of one command list (protocol.md 4.1). */
export type Execution =
  /** Responses to report; `finished` when a FINISHED is acknowledged among them. */
  | {
      readonly kind: "report";
      readonly responses: readonly CommandResponse[];
      readonly payload: Uint8Array;
      readonly finished: boolean;
      /** The first failed command, for the operator; absent when all succeeded. */
      readonly failure?: StationError;
    }
  /** Nothing to report: the library's result with its reason (ENODATA, ETIMEDOUT, EINVAL, ENOMEM …). */
  | { readonly kind: "none"; readonly errno: Errno; readonly reason: StationError };

/** Limits of the library's build that steer execution and coding (protocol.md 12); defaults are the vendor sample's. */
export type CodecLimits = {
  /** CBOR_RECORDS, 5 to 20, default 10. */
  readonly records: number;
  /** TX_BUF_SZ in bytes: the response list must fit. */
  readonly txBytes: number;
  /** RX_BUF_SZ in bytes. */
  readonly rxBytes: number;
  /** Longest AT string in bytes + 1: the larger of TX_BUF_SZ and CODEC_AT_CMD_LEN (protocol.md 4.2). */
  readonly atBytes: number;
  /** `canonical` refuses indefinite lengths and non-shortest integers on input (protocol.md 3.3). */
  readonly input: "canonical" | "tolerant";
};

/** Decodes a command list and executes it: the function that the client calls; implemented in execution.ts. */
export type ExecuteList = (payload: Uint8Array, host: ExecutionHost, options: ExecutionOptions) => Promise<Execution>;

/** Options of {@link ExecuteList}. */
export type ExecutionOptions = {
  readonly limits: CodecLimits;
  readonly compatibility: Compatibility;
  readonly signal?: AbortSignal;
};
