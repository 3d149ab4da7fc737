import { stopwatch } from "../../components/spans.ts";

const MINUTE = 60_000;
const SECOND = 1000;

/** A length of time with its unit, as exact as people need it: `324 ms`, `1.5 s`, `3:26`. */
export function spanText(ms: number, language: string): string {
  if (ms >= MINUTE) return stopwatch(ms);
  if (ms < SECOND) return `${Math.round(ms)} ms`;
  const format = { minimumFractionDigits: 1, maximumFractionDigits: 1 } as const;
  return `${new Intl.NumberFormat(language, format).format(ms / SECOND)} s`;
}

/** A moment of a run: minutes, seconds and tenths (`0:08.4`); of a run below a minute seconds and milliseconds (`2.367`). */
export function momentText(ms: number, spanMs: number): string {
  if (spanMs < MINUTE) return (ms / SECOND).toFixed(3);
  const tenths = Math.floor(ms / 100);
  const seconds = String(Math.floor(tenths / 10) % 60).padStart(2, "0");
  return `${Math.floor(tenths / 600)}:${seconds}.${tenths % 10}`;
}
