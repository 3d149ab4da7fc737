/** The verdict on a canonical command list by the text of protocol.md 3.1 to 3.5 alone; an oracle for the real decoder. */
export type PlainVerdict = { readonly commands: number } | { readonly errno: "EINVAL" | "ENOMEM" };

class Stop extends TypeError {}

class Plain {
  readonly #bytes: Uint8Array;
  at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  head(major: number): bigint {
    const first = this.#bytes[this.at];
    if (first === undefined || first >> 5 !== major) throw new Stop();
    const short = first & 31;
    if (short < 24) {
      this.at++;
      return BigInt(short);
    }
    const width = [1, 2, 4, 8][short - 24];
    if (width === undefined || this.at + width >= this.#bytes.length) throw new Stop();
    const hex = Buffer.from(this.#bytes.subarray(this.at + 1, this.at + 1 + width)).toString("hex");
    const value = BigInt(`0x${hex}`);
    const shortest = value >= [24n, 0x100n, 0x1_0000n, 0x1_0000_0000n][short - 24]!;
    if (!shortest) throw new Stop();
    this.at += 1 + width;
    return value;
  }

  text(): void {
    const length = this.head(3);
    if (length > BigInt(this.#bytes.length - this.at)) throw new Stop();
    this.at += Number(length);
  }

  command(): void {
    const elements = this.head(4);
    if (elements < 2n) throw new Stop();
    this.text();
    const type = this.head(0);
    if (type === 0n && elements === 5n) this.atBody();
    else if (type === 1n && elements === 3n) this.configBody();
    else if (type !== 2n || elements !== 2n) throw new Stop();
  }

  atBody(): void {
    this.text();
    this.text();
    const codes = this.head(4);
    if (codes > 6n) throw new Stop();
    for (let index = 0n; index < codes; index++) if (this.head(0) > 0xffff_ffffn) throw new Stop();
  }

  configBody(): void {
    const pairs = this.head(5);
    if (pairs > 10n) throw new Stop();
    for (let index = 0n; index < pairs * 2n; index++) this.text();
  }
}

/** @param records the most commands of a list */
export function plainVerdict(bytes: Uint8Array, records: number): PlainVerdict {
  const plain = new Plain(bytes);
  let claimed = 0n;
  let read = 0;
  try {
    claimed = plain.head(4);
    while (BigInt(read) < claimed && read < records) {
      plain.command();
      read++;
    }
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
  }
  if (read === 0) return { errno: "EINVAL" };
  return BigInt(read) < claimed ? { errno: "ENOMEM" } : { commands: read };
}
