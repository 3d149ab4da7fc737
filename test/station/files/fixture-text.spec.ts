import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FixtureSchema, type Fixture } from "../../../src/contract/fixture.ts";
import { parseYaml } from "../../../src/station/files/document.ts";
import { fixtureText } from "../../../src/station/files/fixture-text.ts";

const read = (text: string): Fixture => FixtureSchema.parse(parseYaml(text, "tray.yaml").value);
const TRAY = FixtureSchema.parse({
  ...{ fixture: 1, name: "Tray: A # 3", rows: 1, columns: 2 },
  slots: [
    { slot: "1", row: 1, column: 1, port: { usb: "1-1.4.2", interface: 0 } },
    { slot: "2", row: 1, column: 2, port: { path: "/dev/ttyUSB0" }, line: { baud: 9600 } },
  ],
});

describe("the text of a fixture", () => {
  it("reads back as the fixture, with one line a slot", () => {
    expect(read(fixtureText(TRAY))).toEqual(TRAY);
    expect(fixtureText(TRAY)).toContain(
      '\n  - { slot: "1", row: 1, column: 1, port: { usb: 1-1.4.2, interface: 0 } }\n',
    );
  });

  it("keeps comments, order and form of what did not change", () => {
    const before = [
      "# by the window",
      "fixture: 1",
      "name: Old # its name",
      "rows: 1",
      "columns: 2",
      "slots:",
      "  # left",
      "  - { slot: 1, row: 1, column: 1, port: { usb: 1-1.4.2, interface: 0 } } # pogo",
      "",
    ].join("\n");
    const text = fixtureText(TRAY, before);
    expect(read(text)).toEqual(TRAY);
    expect(text).toContain('# by the window\nfixture: 1\nname: "Tray: A # 3" # its name\nrows: 1\n');
    expect(text).toContain(
      "  # left\n  - { slot: 1, row: 1, column: 1, port: { usb: 1-1.4.2, interface: 0 } } # pogo\n",
    );
    expect(fixtureText(read(before), before)).toBe(before);
  });

  it("starts anew where the old text is no fixture", () => {
    for (const before of ["", "a: [", "[]", "{}", "fixture: 2\n"])
      expect(read(fixtureText(TRAY, before))).toEqual(TRAY);
  });

  it("reads back whatever the names are", () => {
    const name = fc
      .string({ minLength: 1, maxLength: 64, unit: "grapheme" })
      .filter((text) => !/\p{Cc}/u.test(text) && text.length <= 64);
    fc.assert(
      fc.property(name, name, (title, path) => {
        const slots = [{ slot: "1", row: 1, column: 1, port: { path } }];
        const fixture = FixtureSchema.parse({ fixture: 1, name: title, rows: 1, columns: 1, slots });
        expect(read(fixtureText(fixture))).toEqual(fixture);
      }),
    );
  });
});
