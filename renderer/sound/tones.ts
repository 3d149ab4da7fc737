/** One note: pitch in Hz, begin and length in seconds after the sound's begin. */
export type Note = { readonly pitch: number; readonly at: number; readonly length: number };

/** The station's sounds; each under 0.6 s. */
export const TONES = {
  /** A scan was accepted. */
  tick: [{ pitch: 1320, at: 0, length: 0.05 }],
  /** A scan was refused. */
  refused: [
    { pitch: 294, at: 0, length: 0.11 },
    { pitch: 294, at: 0.15, length: 0.16 },
  ],
  /** Every unit of a batch passed. */
  passed: [
    { pitch: 523, at: 0, length: 0.16 },
    { pitch: 784, at: 0.16, length: 0.3 },
  ],
  fail: [
    { pitch: 494, at: 0, length: 0.2 },
    { pitch: 330, at: 0.22, length: 0.34 },
  ],
  error: [
    { pitch: 587, at: 0, length: 0.13 },
    { pitch: 587, at: 0.2, length: 0.13 },
    { pitch: 587, at: 0.4, length: 0.16 },
  ],
  aborted: [{ pitch: 196, at: 0, length: 0.4 }],
} as const satisfies Readonly<Record<string, readonly Note[]>>;

/** The name of a sound. */
export type Tone = keyof typeof TONES;

/** The sound at a batch's end: the worst of what happened, and only that one. */
export function endTone(ends: { readonly pass: number; readonly fail: number; readonly error: number }): Tone {
  if (ends.error > 0) return "error";
  if (ends.fail > 0) return "fail";
  return ends.pass > 0 ? "passed" : "aborted";
}
