/** How long a modem takes for what, in milliseconds, and the speed of its line. Assumed values: nothing is published (at.md 1). */
export type LatencyTable = {
  readonly query: number;
  /** `AT+CFUN=4` and `=0`. */
  readonly offline: number;
  /** `AT+CFUN=1`. */
  readonly online: number;
  /** `AT%CMNG=1` and `=2`. */
  readonly list: number;
  readonly write: number;
  readonly delete: number;
  readonly keygen: number;
  readonly jwt: number;
  readonly attestation: number;
  /** From a reset to the first answer. */
  readonly boot: number;
  /** Bits per second on the line, ten bits a byte (8N1); 0 takes no time. */
  readonly baud: number;
};

/** The tables by name, as `--latency` takes them. */
export const LATENCIES = {
  none: {
    ...{ query: 0, offline: 0, online: 0, list: 0, write: 0, delete: 0 },
    ...{ keygen: 0, jwt: 0, attestation: 0, boot: 0, baud: 0 },
  },
  realistic: {
    ...{ query: 20, offline: 300, online: 1500, list: 60, write: 150, delete: 80 },
    ...{ keygen: 1600, jwt: 350, attestation: 300, boot: 1500, baud: 115_200 },
  },
} as const satisfies Readonly<Record<string, LatencyTable>>;

/** The name of a latency table. */
export type LatencyName = keyof typeof LATENCIES;

/** Whether a text names a latency table. */
export function isLatencyName(text: string): text is LatencyName {
  return Object.hasOwn(LATENCIES, text);
}

type Work = Exclude<keyof LatencyTable, "baud" | "boot">;

const WORK: readonly (readonly [pattern: RegExp, work: Work])[] = [
  [/^AT\+CFUN=[04]\s*$/i, "offline"],
  [/^AT\+CFUN=1\s*$/i, "online"],
  [/^AT%CMNG=0,/i, "write"],
  [/^AT%CMNG=[12]\b/i, "list"],
  [/^AT%CMNG=3,/i, "delete"],
  [/^AT%KEYGEN=[^?]/i, "keygen"],
  [/^AT%JWT/i, "jwt"],
  [/^AT%ATTESTTOKEN/i, "attestation"],
];

/** How long the modem works on a command, in milliseconds. */
export function workOf(table: LatencyTable, command: string): number {
  const start = command.trimStart();
  const found = WORK.find(([pattern]) => pattern.test(start));
  return table[found?.[1] ?? "query"];
}

/** How long bytes are on the line, in milliseconds. */
export function wireTime(table: LatencyTable, bytes: number): number {
  return table.baud === 0 ? 0 : (bytes * 10 * 1000) / table.baud;
}
