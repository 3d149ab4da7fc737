import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { StationError } from "../../src/core/error.ts";
import { NvmFile } from "../../src/simulator/nvm-file.ts";

const UUID = "50363154-3931-44f0-8022-121b6401627d";
const folder = mkdtempSync(join(tmpdir(), "nvm-"));
const file = join(folder, `${UUID}.json`);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

const credential = { tag: 1, type: 2, content: Uint8Array.of(0, 255, 10), sha256: "A".repeat(64), generated: true };

function failureOrNothing(work: () => unknown): StationError | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    if (error instanceof StationError) return error;
    throw error;
  }
}

function failure(work: () => unknown): StationError {
  const error = failureOrNothing(work);
  if (error !== undefined) return error;
  throw new TypeError("no StationError");
}

describe("NvmFile", () => {
  it("is blank at first and keeps what it was given, readable by its owner alone", () => {
    const memory = new NvmFile(folder, UUID);
    expect(memory.load()).toEqual([]);
    memory.save([credential]);
    expect(new NvmFile(folder, UUID).load()).toEqual([credential]);
    expect(readdirSync(folder)).toEqual([`${UUID}.json`]);
    expect(process.platform === "win32" ? 0o600 : statSync(file).mode & 0o777).toBe(0o600);
  });

  it.each([
    ["{", "no JSON"],
    ["[]", "does not belong"],
    [`{"uuid":"${UUID}"}`, "does not belong"],
    ['{"uuid":"other","credentials":[]}', "does not belong"],
    [`{"uuid":"${UUID}","credentials":[{"tag":-1}]}`, "malformed"],
    [`{"uuid":"${UUID}","credentials":[{"tag":1,"type":0,"content":"","sha256":"x","generated":false}]}`, "malformed"],
  ])("refuses the file %j and names it", (text, why) => {
    writeFileSync(file, text);
    const error = failure(() => new NvmFile(folder, UUID).load());
    expect(error).toMatchObject({ code: "simulator.storage", facts: { file } });
    expect(error.message).toContain(why);
  });

  it("throws nothing but its own error on any content", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        writeFileSync(file, text);
        expect(failureOrNothing(() => new NvmFile(folder, UUID).load())?.code ?? "loaded").toMatch(/loaded|storage/);
      }),
      { numRuns: 50 },
    );
  });

  it("says so when the folder cannot be written", () => {
    const inTheWay = join(folder, "a-file");
    writeFileSync(inTheWay, "");
    expect(failure(() => new NvmFile(join(inTheWay, "below"), UUID)).code).toBe("simulator.storage");
  });
});
