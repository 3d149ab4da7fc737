import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { station } from "./station-process.ts";
import { BadFiles, GOOD_FILES, type FileKind } from "./support/bad-files.ts";
import { PATIENCE } from "./support/tray-line.ts";

vi.setConfig(PATIENCE);

let files: BadFiles;

beforeAll(() => {
  files = new BadFiles();
});

afterAll(() => files.remove());

describe("any file", () => {
  const hostile = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.constantFrom(
      "&a ",
      "*a",
      "!!js/undefined ",
      "{",
      "}",
      "[",
      "]",
      ": ",
      "- ",
      "\n",
      "\n  ",
      "\t",
      "? ",
      "| ",
      "'",
      '"',
    ),
    fc.constantFrom(
      "__proto__: 1\n",
      "constructor: 1\n",
      "999999999999999999999",
      "-1",
      "1e999",
      ".inf",
      "~",
      "\u0000",
      "\u001b[2J",
    ),
  );
  /** A file in order with a part of it replaced. */
  const changed = (text: string): fc.Arbitrary<string> =>
    fc
      .tuple(fc.nat(text.length), fc.nat(40), fc.array(hostile, { maxLength: 3 }))
      .map(([at, length, parts]) => text.slice(0, at) + parts.join("") + text.slice(at + length));

  it.each<FileKind>(["recipe", "fixture", "profile", "serials"])(
    "given as %s is taken or refused with a report that fits a terminal",
    async (kind) => {
      const anything = fc.oneof(
        changed(GOOD_FILES[kind]),
        fc.string({ unit: "binary", maxLength: 200 }),
        fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
        fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.stringify(value)),
      );
      await fc.assert(
        fc.asyncProperty(anything, async (content) => {
          const report = await files.reportOn(kind, content);
          expect(report[0]).toMatch(/^\[(?:file|cli|usage)\.[a-z-]+\] /);
          expect(report.length).toBeLessThanOrEqual(24);
          // A file cannot write to the terminal.
          expect(report.join("")).not.toMatch(/\p{Cc}/u);
        }),
        { numRuns: 120 },
      );
    },
  );

  it("as a process: the report on stderr, nothing on stdout", async () => {
    const ended = await station(files.argvOf("recipe", files.write("bad.yaml", "recipe: 1\n")));
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code: 2, stdout: "" });
    expect(ended.stderr).toBe(
      [
        `[file.invalid] ${join(files.folder, "bad.yaml")}`,
        "  line 1, column 1, product: is missing (a text)",
        "  line 1, column 1, revision: is missing (a text)",
        "The file has wrong or missing fields: correct each place given.",
        "",
      ].join("\n"),
    );
  });
});
