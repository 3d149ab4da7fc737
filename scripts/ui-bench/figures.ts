/** How values are spread; `over` counts those above the budget. */
export type Spread = { readonly p50: number; readonly p99: number; readonly max: number; readonly over: number };

/** The spread of values in ms against a budget in ms; zeros of none. */
export function spreadOf(values: readonly number[], budget: number): Spread {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
  const over = sorted.length - sorted.findLastIndex((value) => value <= budget) - 1;
  return { p50: shown(at(0.5)), p99: shown(at(0.99)), max: shown(at(1)), over };
}

/** The slope of the line that fits best through values of one step each; 0 of fewer than two. */
export function growthOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = meanOf(values);
  const spread = values.reduce((sum, _value, index) => sum + (index - middle) ** 2, 0);
  if (spread === 0) return 0;
  return values.reduce((sum, value, index) => sum + (index - middle) * (value - mean), 0) / spread;
}

/** 0 of none. */
export function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** A figure with as many digits as it deserves. */
export function shown(value: number): number {
  return Number(value.toPrecision(3));
}
