import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FixtureSchema } from "../../../src/contract/fixture.ts";
import { ProfileSchema } from "../../../src/contract/profile.ts";
import { RecipeSchema } from "../../../src/contract/recipe.ts";
import { StationError } from "../../../src/core/error.ts";
import { checkDocument } from "../../../src/station/files/load-document.ts";

const SCHEMAS = { fixture: FixtureSchema, recipe: RecipeSchema, profile: ProfileSchema } as const;

function refusal(kind: keyof typeof SCHEMAS, text: string): StationError {
  try {
    checkDocument<unknown>(text, `${kind}.yaml`, SCHEMAS[kind]);
  } catch (error) {
    if (error instanceof StationError) return error;
    throw error;
  }
  throw new RangeError("the text was accepted");
}

/** The first problem and all further ones, as people read them. */
function problemsOf(error: StationError): readonly unknown[] {
  const more = Object.entries(error.facts).filter(([name]) => name.startsWith("problem "));
  return [error.message, ...more.map(([, text]) => text)];
}

describe("a fixture file with mistakes", () => {
  const text = [
    "fixture: 1",
    "name: Tray",
    "rows: 0",
    "columns: two",
    "colour: red",
    "settings: { sink: tape }",
    "slots:",
    "  - { slot: 'A 1', row: 1, column: 99, port: { tcp: nowhere } }",
    "  - { slot: B, row: 1, column: 1, port: { tpc: '10.0.0.7:1' } }",
    "  - { slot: C, row: 1, column: 2, port: 5 }",
    "  - { slot: D, row: 1, column: 3, port: { tcp: 'a:1' }, line: { baud: 1 } }",
  ].join("\n");

  it("is refused with every one of them: line, column, field, limit", () => {
    const error = refusal("fixture", text);
    expect(error).toMatchObject({
      code: "file.invalid",
      facts: { file: "fixture.yaml", line: 3, column: 7, field: "rows", problems: { value: 11, unit: "items" } },
    });
    expect(problemsOf(error)).toEqual([
      "line 3, column 7, rows: must be at least 1",
      "line 4, column 10, columns: must be a number",
      "line 5, column 1, colour: is not a field of this file",
      'line 6, column 19, settings.sink: must be "none" or "zephyr-shell" or "at"',
      "line 8, column 13, slots[0].slot: must be 1 to 16 letters, digits, dots, dashes or underscores",
      "line 8, column 36, slots[0].column: must be at most 64",
      "line 8, column 53, slots[0].port.tcp: must be host:port",
      "line 9, column 41, slots[1].port.tcp: is missing (a text)",
      "line 9, column 43, slots[1].port.tpc: is not a field of this file",
      "line 10, column 41, slots[2].port: must be { tcp: … }, { path: … }, { usb: … }, { adapterSerial: … } or { byPath: … }",
      "line 11, column 71, slots[3].line.baud: must be at least 300",
    ]);
  });

  it("names what stands twice", () => {
    const slot = (row: number, port: string): string =>
      `  - { slot: A, row: ${row}, column: 1, port: { tcp: '${port}' } }`;
    const lines = ["fixture: 1", "name: T", "rows: 1", "columns: 1", "slots:", slot(1, "a:1"), slot(2, "a:1")];
    expect(problemsOf(refusal("fixture", lines.join("\n")))).toEqual([
      "line 7, column 13, slots[1].slot: repeats an earlier slot",
      "line 7, column 21, slots[1].row: must be at most rows (1)",
      "line 7, column 41, slots[1].port: repeats an earlier port",
    ]);
  });
});

describe("a recipe file with mistakes", () => {
  it("names the command, its field and the limit", () => {
    const error = refusal(
      "recipe",
      [
        "recipe: 1",
        "product: Board",
        "commands:",
        "  - serverCertificate: { secTag: 4294967295, file: ../ca.pem }",
        "  - makeCoffee: {}",
        "  - preSharedKey: { secTag: 1, identity: me, key: 00ff }",
        "  - config: {}",
      ].join("\n"),
    );
    expect(problemsOf(error)).toEqual([
      "line 1, column 1, revision: is missing (a text)",
      "line 4, column 34, commands[0].serverCertificate.secTag: must be at most 2147483647",
      "line 4, column 52, commands[0].serverCertificate.file: must be a path below the recipe's folder, with forward slashes",
      expect.stringMatching(/^line 5, column 5, commands\[1\]: must be one command: an object with one key of /),
      expect.stringMatching(
        /^line 6, column 51, commands\[2\]\.preSharedKey\.key: must be \{ file: … \} .*, \{ env: … \} .* or \{ column: … \}/,
      ),
      "line 7, column 13, commands[3].config: must hold 1 to 10 settings",
    ]);
  });
});

describe("a text that is no document", () => {
  it.each([
    ["a: [1,\nb: 2", 2, "Flow sequence"],
    ["a: 1\na: 2", 2, "Map keys must be unique"],
    ["a: 1\n---\nb: 2", 2, "must hold one document, not several"],
    ["a: !!js/function x", 1, "Unresolved tag"],
    ["? [1]\n: 2", 1, "keys must be strings"],
    ["[".repeat(100_000), 1, "must not be nested deeper than 64 levels"],
    ["- ".repeat(100_000), 1, "must not be nested deeper than 64 levels"],
  ])("%# is refused at its line", (text, line, what) => {
    const error = refusal("recipe", text);
    expect(error).toMatchObject({ code: "file.syntax", facts: { file: "recipe.yaml", line } });
    expect(error.message).toContain(what);
  });

  it.each([
    ["a: *nobody", "an alias leads nowhere"],
    ["a: &a [*a]", "contains itself"],
    [
      "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c]",
      "repeat too much",
    ],
  ])("%# has bad aliases", (text, what) => {
    expect(refusal("recipe", text)).toMatchObject({
      code: "file.syntax",
      message: expect.stringContaining(what) as string,
    });
  });

  it.each([
    "{ a: ".repeat(70) + "1" + "}".repeat(70),
    "a:\n" + Array.from({ length: 70 }, (_, n) => " ".repeat(n + 1) + "a:").join("\n"),
  ])("%# is nested deeper than any file of ours", (text) => {
    expect(refusal("recipe", text).message).toMatch(/must not be nested deeper than 64 levels$/);
  });

  it("does not reach into objects of the language", () => {
    const error = refusal("fixture", "__proto__: { fixture: 1 }");
    expect(error.message).toBe("line 1, column 1, __proto__: is not a field of this file");
    expect(({} as { fixture?: unknown }).fixture).toBeUndefined();
  });

  it.each(["", "# nothing", "5", "null", "[]", "\ufeff"])("%j is refused as a whole", (text) => {
    expect(refusal("profile", text)).toMatchObject({
      code: "file.invalid",
      message: expect.stringContaining("must be a group of fields") as string,
    });
  });
});

describe("JSON", () => {
  it("is read as well, tabs and escapes included", () => {
    const text =
      '{\n\t"profile": 1,\n\t"name": "A\\u0042 \\/ \\ud83d\\ude00",\n\t"service": "embedded",\n\t"https": {"host": "localhost", "ca": "ca.pem"}\n}\n';
    expect(checkDocument(text, "p.json", ProfileSchema).value).toMatchObject({ name: "AB / 😀", https: { port: 443 } });
  });
});

describe("any text", () => {
  const scrap = fc.constantFrom(
    ...[
      "fixture: 1\n",
      "slots:\n",
      "  - ",
      "- ",
      "{",
      "}",
      "[",
      "]",
      ": ",
      "\n",
      "&a ",
      "*a",
      "|",
      ">",
      "'",
      '"',
      "!!",
      "%",
      "---\n",
      "\t",
      "? ",
      "<<: ",
      "commands:\n",
      "secTag: ",
      "9999999999",
      "__proto__: ",
      "#",
      "\0",
    ],
  );

  it.each(["fixture", "recipe", "profile"] as const)("is a %s or refused as a file error", (kind) => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ maxLength: 200 }),
          fc.array(scrap, { maxLength: 60 }).map((parts) => parts.join("")),
        ),
        (text) => {
          expect(outcome(kind, text)).toMatch(/^(?:accepted|file\.(?:syntax|invalid))$/);
        },
      ),
      { numRuns: 200 },
    );
  });

  it.each(["fixture", "recipe", "profile"] as const)(
    "with any values in a %s's fields is refused with their places",
    (kind) => {
      const keys = [
        "fixture",
        "name",
        "rows",
        "columns",
        "slots",
        "recipe",
        "product",
        "commands",
        "profile",
        "https",
        "owner",
        "verify",
      ];
      fc.assert(
        fc.property(fc.dictionary(fc.constantFrom(...keys), fc.jsonValue({ maxDepth: 4 })), (value) => {
          expect(outcome(kind, JSON.stringify(value))).toMatch(/^(?:accepted|file\.invalid)$/);
        }),
        { numRuns: 150 },
      );
    },
  );

  it("of a large file is refused in reasonable time", () => {
    const many = "slots:\n" + "  - { slot: A, row: 1, column: 1, port: { tcp: x } }\n".repeat(4500);
    expect(outcome("fixture", many)).toBe("file.invalid");
  });

  function outcome(kind: keyof typeof SCHEMAS, text: string): string {
    try {
      checkDocument<unknown>(text, "any", SCHEMAS[kind]);
      return "accepted";
    } catch (error) {
      return error instanceof StationError ? error.code : `not a StationError: ${String(error)}`;
    }
  }
});
