import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { withAdded, withChanged, withRemoved, type Entry, type KeptList } from "../../../main/session/operator-list.ts";
import { OperatorsFile } from "../../../main/session/operators-file.ts";
import { isPin, keepPin, type KeptPin } from "../../../main/session/pin-hash.ts";
import { StationError } from "../../../src/core/error.ts";
import { Secret } from "../../../src/core/secret.ts";

const KEPT: KeptPin = {
  ...({ algorithm: "scrypt", r: 8 } as const),
  ...{ n: 32_768, p: 1 },
  ...{ salt: Buffer.alloc(16).toString("base64"), hash: Buffer.alloc(32).toString("base64") },
};
const engineer = (name: string): Entry => ({ name, role: "engineer", enabled: true, pin: KEPT });
const operator = (name: string): Entry => ({ name, role: "operator", enabled: true });

describe("OperatorsFile", () => {
  let folder = "";
  let path = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "operators-"));
    path = join(folder, "operators.json");
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("is empty where there is no file, and keeps its list over a restart, readable for its owner only", async () => {
    const file = OperatorsFile.open(path);
    expect(file.current.operators).toEqual([]);
    await file.change((list) => withAdded(list, engineer("Dana")));
    expect(OperatorsFile.open(path).current).toEqual(file.current);
    // Windows has no such bits.
    expect(process.platform === "win32" ? 0 : statSync(path).mode & 0o077).toBe(0);
  });

  it("makes changes at the same time one after the other and loses none", async () => {
    const file = OperatorsFile.open(path);
    await file.change((list) => withAdded(list, engineer("Dana")));
    const names = Array.from({ length: 30 }, (_, index) => `Operator ${String(index).padStart(2, "0")}`);
    await Promise.all(names.map((name) => file.change((list) => withAdded(list, operator(name)))));
    const kept = OperatorsFile.open(path).current.operators.map(({ name }) => name);
    expect(kept).toEqual(["Dana", ...names]);
    expect(readdirSync(folder)).toEqual(["operators.json"]);
  });

  it("lets exactly one of two engineers go when both are removed at once", async () => {
    const file = OperatorsFile.open(path);
    await file.change((list) => withAdded(withAdded(list, engineer("Dana")), engineer("Emil")));
    const ends = await Promise.allSettled(
      ["Dana", "Emil"].map((name) => file.change((list) => withRemoved(list, name))),
    );
    expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect(file.current.operators.map(({ name }) => name)).toEqual(["Emil"]);
  });

  it("changes nothing when it cannot be written", async () => {
    const file = OperatorsFile.open(join(folder, "none", "operators.json"));
    await expect(file.change((list) => withAdded(list, engineer("Dana")))).rejects.toMatchObject({
      code: "operators.kept",
    });
    expect(file.current.operators).toEqual([]);
  });

  it.each([
    ["nothing", ""],
    ["half a file", '{"version":1,"operators":[{"na'],
    ["another version", '{"version":2,"engineerIdleMinutes":10,"operators":[]}'],
    ["a field that is not known", '{"version":1,"engineerIdleMinutes":10,"operators":[],"admin":true}'],
    ["no engineer", list([operator("Ana")])],
    ["no engineer who is enabled", list([{ ...engineer("Dana"), enabled: false }])],
    ["an engineer without a PIN", list([{ name: "Dana", role: "engineer", enabled: true }])],
    ["one name twice", list([engineer("Dana"), engineer("dANA")])],
    ["a cost that would stop the station", list([{ ...engineer("Dana"), pin: { ...KEPT, n: 2 ** 24 } }])],
    ["a cost that is none", list([{ ...engineer("Dana"), pin: { ...KEPT, n: 2 } }])],
    ["a short salt", list([{ ...engineer("Dana"), pin: { ...KEPT, salt: "AAAA" } }])],
    ["far too much", " ".repeat(1_048_577)],
  ])("refuses a file with %s and leaves it as it is", (_what, text) => {
    writeFileSync(path, text);
    expect(() => OperatorsFile.open(path)).toThrow(expect.objectContaining({ code: "operators.file" }));
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  it("opens or refuses every hostile file, never as a station that is open", () => {
    const good = JSON.parse(list([engineer("Dana"), operator("Ana")])) as Record<string, unknown>;
    const broken = fc.oneof(
      fc.string({ maxLength: 400 }),
      fc.json({ maxDepth: 4 }),
      fc
        .record({
          version: fc.constantFrom(1, 2, "1"),
          engineerIdleMinutes: fc.oneof(fc.integer(), fc.constant(10)),
          operators: fc.array(fc.anything({ maxDepth: 3 }), { minLength: 1, maxLength: 5 }),
        })
        .map((value) => JSON.stringify(value)),
      fc.integer({ min: 0, max: 400 }).map((at) => JSON.stringify(good).slice(0, at)),
    );
    fc.assert(
      fc.property(broken, (text) => {
        writeFileSync(path, text);
        // What is taken is a list that a station may have written: whole JSON of the version.
        expect(opened(path)).toBe(versionOf(text) === 1 ? opened(path) : "operators.file");
      }),
      { numRuns: 200 },
    );
  });
});

describe("the rules of the list", () => {
  const none = { version: 1, engineerIdleMinutes: 10, operators: [] } as const;
  const two = withAdded(withAdded({ ...none, operators: [] }, engineer("Dana")), operator("Ana"));

  it("want an engineer with a PIN first", () => {
    for (const entry of [operator("Ana"), { name: "Dana", role: "engineer", enabled: true } as const])
      expect(() => withAdded({ ...none, operators: [] }, entry)).toThrow(
        expect.objectContaining({ code: "operators.first" }),
      );
  });

  it.each([
    ["removed", () => withRemoved(two, "Dana")],
    ["made an operator", () => withChanged(two, "Dana", { role: "operator" })],
    ["disabled", () => withChanged(two, "Dana", { enabled: false })],
  ])("do not let the last engineer be %s", (_what, change) => {
    expect(change).toThrow(expect.objectContaining({ code: "operators.last-engineer" }));
  });

  it("do not let an engineer be without a PIN, nor two have one name or badge", () => {
    expect(() => withChanged(two, "Dana", { pin: null })).toThrow(
      expect.objectContaining({ code: "operators.pin-needed" }),
    );
    expect(() => withChanged(two, "Ana", { name: "dana" })).toThrow(
      expect.objectContaining({ code: "operators.taken" }),
    );
    const badged = withChanged(two, "Ana", { badge: "ID-1" });
    expect(() => withChanged(badged, "Dana", { badge: "ID-1" })).toThrow(
      expect.objectContaining({ code: "operators.taken" }),
    );
    expect(() => withRemoved(two, "Nobody")).toThrow(expect.objectContaining({ code: "operators.unknown" }));
  });

  it("hold after whatever order of changes", () => {
    const names = fc.constantFrom("Ana", "Bo", "Dana", "Emil");
    const step = fc.oneof(
      fc.record({ kind: fc.constant("add" as const), name: names, engineer: fc.boolean() }),
      fc.record({ kind: fc.constant("remove" as const), name: names }),
      fc.record({
        kind: fc.constant("change" as const),
        name: names,
        change: fc.record(
          {
            ...{ role: fc.constantFrom("operator" as const, "engineer" as const), enabled: fc.boolean() },
            pin: fc.constantFrom(null, KEPT),
          },
          { requiredKeys: [] },
        ),
      }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let list = two;
        for (const made of steps) {
          list = tried(list, (before) => {
            if (made.kind === "add")
              return withAdded(before, made.engineer ? engineer(made.name) : operator(made.name));
            return made.kind === "remove"
              ? withRemoved(before, made.name)
              : withChanged(before, made.name, made.change);
          });
          expect(list.operators.some((e) => e.role === "engineer" && e.enabled && e.pin !== undefined)).toBe(true);
        }
      }),
    );
  });
});

describe("a kept PIN", () => {
  it("is recognised, is another one each time, and does not hold the PIN", async () => {
    const pin = new Secret("730519");
    const [one, other] = await Promise.all([keepPin(pin), keepPin(pin)]);
    expect(one.hash).not.toBe(other.hash);
    expect(await isPin(one, pin)).toBe(true);
    expect(await isPin(one, new Secret("730518"))).toBe(false);
    expect(JSON.stringify(one)).not.toContain("730519");
  });
});

/** The text of a list that some station wrote. */
function list(operators: readonly unknown[]): string {
  return JSON.stringify({ version: 1, engineerIdleMinutes: 10, operators });
}

/** Whether a file is taken, or the code that it is refused with. @throws whatever is no StationError */
function opened(path: string): string {
  try {
    OperatorsFile.open(path);
    return "taken";
  } catch (error) {
    if (error instanceof StationError) return error.code;
    throw error;
  }
}

/** The version that a text names; undefined where it is no JSON. */
function versionOf(text: string): unknown {
  try {
    return (JSON.parse(text) as { readonly version?: unknown } | null)?.version;
  } catch {
    return undefined;
  }
}

/** The list after a change, or as it was where a rule refuses it. @throws whatever is no StationError */
function tried(list: KeptList, change: (list: KeptList) => KeptList): KeptList {
  try {
    return change(list);
  } catch (error) {
    if (error instanceof StationError) return list;
    throw error;
  }
}
