import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeWireText, encodeWireText, isEscaped } from "../../src/core/wire-text.ts";

describe("wire text", () => {
  it("carries every byte sequence to a string and back", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        expect([...encodeWireText(decodeWireText(bytes))]).toEqual([...bytes]);
      }),
    );
  });

  it("is plain UTF-8 for well-formed text, byte order mark included", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        const bytes = new TextEncoder().encode(`\uFEFF${text}`);
        const decoded = decodeWireText(bytes);
        expect([decoded, isEscaped(decoded)]).toEqual([`\uFEFF${text}`, false]);
      }),
    );
  });

  it.each([
    ["c0", "\udcc0"],
    ["41ff42", "A\udcffB"],
    ["c3a9c3", "é\udcc3"],
    ["eda080", "\udced\udca0\udc80"],
    ["f0908d88ff", "\u{10348}\udcff"],
  ])("keeps the stray bytes of %s as escapes", (hex, text) => {
    expect(decodeWireText(Uint8Array.from(Buffer.from(hex, "hex")))).toBe(text);
  });
});
