import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StationError } from "../../../src/core/error.ts";
import { loadFixture } from "../../../src/station/files/fixture-file.ts";
import { loadProfile } from "../../../src/station/files/profile-file.ts";
import { loadSerials, parseSerials } from "../../../src/station/files/serials-file.ts";
import { TestAuthority } from "../../transport/https/test-authority.ts";
import { failureOf, tempFolder } from "./temp-folder.ts";

const folder = tempFolder();
const CA = new TestAuthority("test").pem;

describe("a fixture file", () => {
  it("is read with its defaults", async () => {
    const file = await folder.write(
      "f.yaml",
      "fixture: 1\nname: T\nrows: 1\ncolumns: 1\nslots: [{ slot: A1, row: 1, column: 1, port: { usb: 1-1.2, interface: 0 } }]\n",
    );
    expect(await loadFixture(file)).toMatchObject({
      line: { baud: 115_200, mode: "auto" },
      release: "restore",
      slots: [{ slot: "A1", port: { usb: "1-1.2" } }],
    });
  });
});

describe("a profile file", () => {
  const profile = (ca: string): string =>
    `profile: 1\nname: P\nservice: embedded\nhttps: { host: localhost, ca: ${ca} }\nowner: { base: "https://localhost:1/v1", ca: ${ca} }\n`;

  it.each(["ca.pem", "../ca.pem"])("is read with its CA files from its folder: %s", async (ca) => {
    await folder.write("p/ca.pem", CA);
    await folder.write("ca.pem", CA);
    const file = await folder.write("p/profile.yaml", profile(ca));
    expect(await loadProfile(file)).toMatchObject({
      https: { ca: CA, port: 443 },
      owner: { ca: CA },
      compatibility: "default",
    });
  });

  it("takes a CA file by its whole path", async () => {
    const ca = await folder.write("ca.pem", CA);
    const file = await folder.write(
      "profile.json",
      JSON.stringify({ profile: 1, name: "P", service: "embedded", https: { host: "h", ca } }),
    );
    expect((await loadProfile(file)).https?.ca).toBe(CA);
  });

  it("is refused with the place of every CA file that is none", async () => {
    await folder.write("ca.pem", "hello");
    const file = await folder.write("profile.yaml", profile("ca.pem"));
    expect(await failureOf(loadProfile(file))).toMatchObject({
      code: "file.certificate",
      message: "line 4, column 31, https.ca: holds no certificate in PEM form",
      facts: {
        file,
        line: 4,
        column: 31,
        field: "https.ca",
        "problem 2": expect.stringContaining("line 5, column 46, owner.ca") as string,
      },
    });
  });

  it("must describe the transport that it chooses, and hold no credentials", async () => {
    const text =
      "profile: 1\nname: P\nservice: embedded\ntransport: coaps\nhttps: { host: h, ca: c }\nproxy: http://me:pw@proxy\n";
    const file = await folder.write("profile.yaml", text);
    expect(await failureOf(loadProfile(file))).toMatchObject({
      code: "file.invalid",
      message: "line 1, column 1, coaps: must be given for transport coaps",
      facts: {
        "problem 2":
          "line 6, column 8, proxy: must be an http:// or https:// address; proxy credentials come from the environment",
      },
    });
  });
});

describe("a serials file", () => {
  it.each([
    "A1,SN-1\nA2,SN-2\n",
    "slot,serial\r\nA1,SN-1\r\nA2,SN-2\r\n",
    '\ufeffSlot,Serial\n"A1","SN-1"\n\nA2 , SN-2',
  ])("%j is read", async (text) => {
    expect(await loadSerials(await folder.write("s.csv", text))).toEqual({ A1: "SN-1", A2: "SN-2" });
  });

  it.each([
    ["A1,SN-1\nA 2,SN-2\n", 2, "line 2: the slot must be 1 to 16 letters, digits, dots, dashes or underscores"],
    ["A1\n", 1, "line 1: must hold slot,serial"],
    ["A1,SN-1,x\n", 1, "line 1: must hold slot,serial"],
    ["A1,\n", 1, "line 1: the serial must be 1 to 64 characters without control characters"],
    [`A1,${"x".repeat(65)}\n`, 1, "line 1: the serial must be 1 to 64 characters without control characters"],
    ["A1,SN-1\nA1,SN-2\n", 2, "line 2: slot A1 has a serial already"],
    ["A1,SN-1\nA2,SN-1\n", 2, "line 2: the serial stands in an earlier line already"],
    ['A1,"SN-1\n', 1, "line 1: is not CSV"],
    [`A1,${"x".repeat(2000)}\n`, 1, "line 1: is not CSV"],
  ])("%j is refused at its line", (text, line, message) => {
    expect(() => parseSerials(text, "s.csv")).toThrow(
      expect.objectContaining({
        code: "file.csv",
        message,
        facts: expect.objectContaining({ file: "s.csv", line }) as unknown,
      }),
    );
  });

  it("is refused with every line that is wrong", () => {
    expect(() => parseSerials("slot,serial\nA1,SN-1,x\nA2\nA3,SN-3\nA3,SN-4\n", "s.csv")).toThrow(
      expect.objectContaining({
        message: "line 2: must hold slot,serial",
        facts: expect.objectContaining({
          problems: { value: 3, unit: "items" },
          "problem 2": "line 3: must hold slot,serial",
          "problem 3": "line 5: slot A3 has a serial already",
        }) as unknown,
      }),
    );
  });

  it("of any text is read or refused as file.csv", () => {
    const codeOf = (text: string): string => {
      try {
        parseSerials(text, "s.csv");
        return "accepted";
      } catch (error) {
        return error instanceof StationError ? error.code : `not a StationError: ${String(error)}`;
      }
    };
    const scrap = fc.constantFrom("A1", ",", "\n", '"', "\r\n", "SN", " ", "\0", "=1+1");
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(scrap, { maxLength: 40 }).map((parts) => parts.join("")),
        ),
        (text) => {
          expect(codeOf(text)).toMatch(/^(?:accepted|file\.csv)$/);
        },
      ),
      { numRuns: 500 },
    );
  });
});
