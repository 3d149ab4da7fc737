const MOST = 64;

/** What a hostile peer sends, one after the other: each part stands behind its length in two bytes; at most 64. */
export function framesOf(bytes: Uint8Array): readonly Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let at = 0; at + 2 <= bytes.length && frames.length < MOST;) {
    const length = (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
    frames.push(bytes.slice(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return frames;
}
