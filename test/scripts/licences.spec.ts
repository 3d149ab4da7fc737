import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { dependenciesOf, licencesOf } from "../../scripts/licences.ts";
import { LicencesSchema } from "../../src/contract/desktop-about.ts";

const ROOT = join(import.meta.dirname, "../..");

describe("the licences of what the application is made with", () => {
  const licences = licencesOf([...dependenciesOf(ROOT), join(ROOT, "node_modules/electron")]);

  it("name every production dependency and what it needs, each once and by name", () => {
    const names = licences.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["better-sqlite3", "serialport", "zod", "electron", "jose"]));
    expect(names).toEqual(names.toSorted((one, other) => (one < other ? -1 : one > other ? 1 : 0)));
    const keys = licences.map(({ name, version }) => `${name} ${version}`);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it("are of the form that the window reads, and of kinds that may be shipped", () => {
    expect(LicencesSchema.parse(structuredClone(licences))).toHaveLength(licences.length);
    const others = licences.filter(
      ({ licence }) => !/^(MIT|ISC|BSD-[23]-Clause|Apache-2\.0|0BSD|OFL-1\.1|Unlicense)$/.test(licence),
    );
    expect(others.map(({ name, licence }) => `${name}: ${licence}`)).toEqual([]);
  });
});
