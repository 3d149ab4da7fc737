/** One measurement: figures by name, the unit in the name (`wall_s`). */
export type BenchRow = Readonly<Record<string, string | number>>;

/** A figure with as many digits as it deserves. */
export function rounded(value: number, digits = 3): number {
  return Number(value.toPrecision(digits));
}
