/** One provisioning command as the service sends it (protocol.md 3.1). Texts are wire text (core/wire-text.ts). */
export type Command = AtCommand | ConfigCommand | FinishedCommand;

/** An AT command: sent as `AT` + command + `=` + parameters (protocol.md 4.2). */
export type AtCommand = {
  readonly kind: "at";
  readonly id: string;
  /** Name with its own prefix: `%CMNG`, `+CFUN`, `#X`. */
  readonly command: string;
  readonly parameters: string;
  /** CME codes that count as success; 0 to 6 of them, each 0 to 4294967295. */
  readonly ignoreCmeErrors: readonly number[];
};

/** Key-value settings; 0 to 10 pairs in wire order, repeats kept. */
export type ConfigCommand = {
  readonly kind: "config";
  readonly id: string;
  readonly properties: readonly (readonly [key: string, value: string])[];
};

/** The end of the owner's list. */
export type FinishedCommand = { readonly kind: "finished"; readonly id: string };

/** One result as the device reports it (protocol.md 3.1). */
export type CommandResponse =
  | { readonly kind: "error"; readonly id: string; readonly cme: number; readonly message: string }
  | { readonly kind: "at"; readonly id: string; readonly message: string }
  | { readonly kind: "config"; readonly id: string }
  | { readonly kind: "finished"; readonly id: string };
