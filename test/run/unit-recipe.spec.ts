import { describe, expect, it } from "vitest";
import { ownerCommands } from "../../src/cloud/owner-command.ts";
import { asStationError } from "../../src/core/error.ts";
import { expectationsOf } from "../../src/run/recipe-expectation.ts";
import { orderForUnit, unitRecipe } from "../../src/run/unit-recipe.ts";
import { recipe, sha256 } from "./support/run-rig.ts";

const UNIT = { uuid: "50363154-3931-44f0-8022-121b6401627d", imei: "352656106111233", boardSerial: "A1" };
const VALUES = { serial: "A1", psk: "00ff", cert: "PEM of A1", key: "KEY of A1" };
const values = { file: "values.csv", key: "boardSerial", column: "serial", secret: ["psk", "key"] };
const own = recipe({
  values,
  commands: [
    { certificateSigningRequest: { secTag: 1, attributes: "CN={{serial}}" } },
    { preSharedKey: { secTag: 2, identity: "{{ serial }}-{{imei}}", key: { column: "psk" } } },
    { clientCertificate: { secTag: 3, column: "cert" } },
    { clientPrivateKey: { secTag: 3, key: { column: "key" } } },
    { atCommand: { command: "%XPTW", parameters: '0,"{{serial}}"' } },
    { config: { "station/id": "{{uuid}}" } },
  ],
  verify: { credentials: [{ secTag: 2, type: "pskIdentity", text: "{{serial}}-{{imei}}" }] },
});

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return "";
  } catch (error) {
    return asStationError(error).code;
  }
};

describe("a recipe as it is for one unit", () => {
  it("has the unit's values in its texts, keys and certificates, for the queue and for the proof alike", () => {
    const filled = unitRecipe(own, UNIT, VALUES, sha256);
    const requests = ownerCommands(filled).map(({ request }) => JSON.parse(request.reveal()) as unknown);
    expect(requests).toEqual([
      { certificateSigningRequest: { secTag: 1, attributes: "CN=A1" } },
      { preSharedKey: { secTag: 2, identity: "A1-352656106111233", secret: "00ff" } },
      { clientCertificate: { secTag: 3, content: "PEM of A1" } },
      { clientPrivateKey: { secTag: 3, content: "KEY of A1" } },
      { atCommand: expect.objectContaining({ parameters: '0,"A1"' }) as unknown },
      { config: { "station/id": UNIT.uuid } },
    ]);
    expect(filled.recipe.verify.credentials?.[0]?.text).toBe("A1-352656106111233");
    expect(expectationsOf(filled, sha256)).toHaveLength(7);
    expect(filled.recipe.values).toBeUndefined();
  });

  it("stays as it is where nothing is to be filled in", () => {
    const plain = recipe();
    expect(unitRecipe(plain, UNIT, undefined, sha256)).toEqual(plain);
  });

  it("is refused without the row, and where the unit lacks a value", () => {
    expect(codeOf(() => unitRecipe(own, UNIT, undefined, sha256))).toBe("values.not-handed-over");
    expect(codeOf(() => unitRecipe(own, UNIT, { serial: "A1" }, sha256))).toBe("values.unfilled");
    const { boardSerial: _none, ...unlabelled } = UNIT;
    const labelled = recipe({ commands: [{ config: { a: "{{boardSerial}}" } }] });
    expect(codeOf(() => unitRecipe(labelled, unlabelled, undefined, sha256))).toBe("values.unfilled");
  });

  it("leaves a note of which row the unit has, and nothing of what it holds", () => {
    const file = { sha256: "0".repeat(64), length: 9, rows: 1, columns: ["serial"], column: "serial" };
    const admission = { kind: "admitted", settings: {}, values: VALUES } as const;
    const { notes } = orderForUnit({ recipe: { ...own, values: file } }, UNIT, admission, sha256);
    expect(notes).toMatchObject([{ facts: { file: "values.csv", column: "serial", row: "A1" } }]);
    expect(JSON.stringify(notes)).not.toMatch(/00ff|KEY/);
  });
});
