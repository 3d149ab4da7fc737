import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeWireText } from "../../src/core/wire-text.ts";
import { LINE_LIMIT, LineSplitter, type SplitEvent } from "../../src/modem/line-splitter.ts";

function linesOf(...chunks: readonly (string | Uint8Array)[]): readonly string[] {
  return texts(split(new LineSplitter(), chunks));
}

function split(splitter: LineSplitter, chunks: readonly (string | Uint8Array)[]): readonly SplitEvent[] {
  return chunks.flatMap((chunk) => splitter.push(typeof chunk === "string" ? encodeWireText(chunk) : chunk));
}

function texts(events: readonly SplitEvent[]): readonly string[] {
  return events.flatMap((event) => (event.kind === "line" ? [event.text] : []));
}

const PEM = "-----BEGIN CERTIFICATE-----\r\nMIIB\nAAAA\r\r-----END CERTIFICATE-----\n";

describe("LineSplitter", () => {
  it("ends a line at CR, LF and any mix of them, and leaves blank lines out", () => {
    expect(linesOf("a\r\nb\nc\rd\r\r\n\n \r\ne\r\n")).toEqual(["a", "b", "c", "d", "e"]);
  });

  it("gives the same lines however the bytes are cut", () => {
    const stream = encodeWireText(
      `\r\n+CEREG: 2,"0012"\r\n%CMNG: 1,0,"AB","${PEM}"\r\nOK\r\n\u001b[1;32muart:~$ \u001b[mat 'AT'\r\nERROR\r\n`,
    );
    const whole = linesOf(stream);
    expect(whole).toEqual(['+CEREG: 2,"0012"', `%CMNG: 1,0,"AB","${PEM}"`, "OK", "at 'AT'", "ERROR"]);
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 30 }), (cuts) => {
        const edges = [0, ...[...cuts].sort((a, b) => a - b), stream.length];
        const chunks = edges.slice(1).map((end, index) => stream.subarray(edges[index], end));
        expect(linesOf(...chunks)).toEqual(whole);
      }),
    );
  });

  it("keeps the line ends of a quoted value exactly", () => {
    expect(linesOf(`%XPMNG: "${PEM}"\r\nOK\r\n`)).toEqual([`%XPMNG: "${PEM}"`, "OK"]);
  });

  it("keeps bytes that are not UTF-8", () => {
    const bytes = Uint8Array.of(0x41, 0xff, 0xc3, 0x28, 0x0d, 0x0a);
    const [line = ""] = linesOf(bytes);
    expect([...encodeWireText(line)]).toEqual([0x41, 0xff, 0xc3, 0x28]);
  });

  it("drops NUL and other control bytes, colours and prompts outside quotes, and keeps them inside", () => {
    expect(linesOf("\0O\0K\0\r\n", "\u001b[8D\u001b[Juart:~$ mosh:~$ \u001b[1;31mERROR\u001b[m\r\n")).toEqual([
      "OK",
      "ERROR",
    ]);
    expect(linesOf('%X: "a\0\u001b[mb"\r\n')).toEqual(['%X: "a\0\u001b[mb"']);
  });

  it("ends a line with a stray quote where no value may span lines", () => {
    expect(linesOf('gar"bage\r\nOK\r\n')).toEqual(['gar"bage', "OK"]);
  });

  it("holds back what follows a quote that nobody closes, and lets it go when told so", () => {
    const splitter = new LineSplitter();
    expect(texts(split(splitter, ['+FOO: "x\r\n355025930000000\r\nOK\r\n']))).toEqual([]);
    expect(splitter.holdsLines).toBe(true);
    expect(texts(splitter.resync())).toEqual(['+FOO: "x', "355025930000000", "OK"]);
    expect(splitter.holdsLines).toBe(false);
  });

  it("finds a broken quote by what stands behind the next one", () => {
    expect(linesOf('+FOO: "x\r\n%KEYGEN: "abc.def"\r\nOK\r\n')).toEqual(['+FOO: "x', '%KEYGEN: "abc.def"', "OK"]);
  });

  it("says that a line is too long, drops its rest and goes on with the next", () => {
    const events = split(new LineSplitter(), ["x".repeat(LINE_LIMIT + 10), "y\r\nOK\r\n"]);
    expect(events).toEqual([{ kind: "overflow" }, { kind: "line", text: "OK" }]);
  });

  it("cuts a quoted value that grows beyond the bound at its first line end", () => {
    const lines = linesOf(`%X: "a\r\n${"b\r\n".repeat(LINE_LIMIT / 3)}OK\r\n`);
    expect(lines[0]).toBe('%X: "a');
    expect(lines.at(-1)).toBe("OK");
  });

  it("knows when a shell waits at its prompt", () => {
    const splitter = new LineSplitter();
    split(splitter, ["OK\r\n\u001b[1;32muart"]);
    expect(splitter.atPrompt).toBe(false);
    split(splitter, [":~$ \u001b[m"]);
    expect(splitter.atPrompt).toBe(true);
    split(splitter, ["a"]);
    expect(splitter.atPrompt).toBe(false);
  });

  it("takes any bytes without failing, and always finds the final result after a resync", () => {
    const hostile = fc.oneof(
      fc.uint8Array({ maxLength: 200 }),
      fc
        .array(fc.constantFrom('"', "\r", "\n", '%A: "', '+B: "x"', ",", "\u001b[", "\0", "AT", "OK"), {
          maxLength: 60,
        })
        .map((parts) => encodeWireText(parts.join(""))),
    );
    fc.assert(
      fc.property(fc.array(hostile, { maxLength: 8 }), (chunks) => {
        const splitter = new LineSplitter();
        split(splitter, chunks);
        const events = [...split(splitter, ["\r\nOK\r\n"]), ...splitter.resync()];
        expect(texts(events).at(-1)).toBe("OK");
      }),
      { numRuns: 500 },
    );
  });

  it("takes a long stream of single bytes in linear time", () => {
    const splitter = new LineSplitter();
    const bytes = encodeWireText(`%X: "${"a\r\n".repeat(20_000)}"\r\n`);
    const events: SplitEvent[] = [];
    for (const byte of bytes) events.push(...splitter.push(Uint8Array.of(byte)));
    expect(texts(events)).toHaveLength(1);
  });
});
