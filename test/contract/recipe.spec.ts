import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { RecipeSchema } from "../../src/contract/recipe.ts";

const minimal = { recipe: 1, product: "Meter", revision: 14, commands: [{ finished: {} }] };

const problems = (value: unknown): string[] => {
  const parsed = RecipeSchema.safeParse(value);
  return parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.map(String).join(".")}: ${issue.message}`);
};

describe("a recipe", () => {
  it("needs little; the rest has defaults", () => {
    expect(RecipeSchema.parse(minimal)).toEqual({
      recipe: 1,
      product: "Meter",
      revision: "14",
      modem: { models: [], firmware: {} },
      claim: { by: "station", tags: [] },
      commands: [{ kind: "finished", options: {} }],
      verify: { readBack: true, forbidUnexpected: false },
    });
  });

  it("may leave the provisioning to the board, for a while that has bounds", () => {
    const by = (provision: object): unknown => RecipeSchema.parse({ ...minimal, provision }).provision;
    expect(by({ by: "serial-modem" })).toEqual({ by: "serial-modem", limit: 600 });
    expect(by({ by: "zephyr-shell", limit: 60 })).toEqual({ by: "zephyr-shell", limit: 60 });
    expect(by({})).toEqual({ by: "station", limit: 600 });
    for (const limit of [59, 1501, 60.5, "600"])
      expect(problems({ ...minimal, provision: { limit } })).toEqual([expect.stringMatching(/^provision\.limit: /)]);
    expect(problems({ ...minimal, provision: { by: "modem" } })).toEqual([expect.stringMatching(/^provision\.by: /)]);
  });

  it("parses to the same when its parsed form is parsed again", () => {
    const once = RecipeSchema.parse({
      ...minimal,
      commands: [{ preSharedKey: { secTag: 1, identity: "a", key: { env: "PSK" } } }, "finished"],
    });
    expect(RecipeSchema.parse(once)).toEqual(once);
  });

  it.each([
    [
      { serverCertificate: { secTag: -1, file: "a.pem" } },
      "commands.0.serverCertificate.secTag: Too small: expected number to be >=0",
    ],
    [
      { serverCertificate: { secTag: 1, file: "../a.pem" } },
      "commands.0.serverCertificate.file: must be a path below the recipe's folder, with forward slashes",
    ],
    [
      { serverCertificate: { secTag: 1, file: "/etc/passwd" } },
      "commands.0.serverCertificate.file: must be a path below the recipe's folder, with forward slashes",
    ],
    [
      { clientPrivateKeyGeneration: { secTag: 1, keyUsage: "1" } },
      "commands.0.clientPrivateKeyGeneration.keyUsage: must be 9 binary digits",
    ],
    [
      { atCommand: { command: "AT;rm", parameters: "" } },
      "commands.0.atCommand.command: must be the command's name with its prefix, for example %XPTW",
    ],
    [{ config: {} }, "commands.0.config: must hold 1 to 10 settings"],
  ])("names the field that is wrong in %j", (command, problem) => {
    expect(problems({ ...minimal, commands: [command] })).toEqual([problem]);
  });

  it.each([{}, null, 7, { unknownCommand: {} }, { finished: {}, config: {} }, [], "reboot"])(
    "refuses %j as a command and names the known ones",
    (command) => {
      expect(problems({ ...minimal, commands: [command] }).join()).toContain(
        "certificateSigningRequest, cloudAccessKeyGeneration",
      );
    },
  );

  it("refuses unknown fields and hanging patterns", () => {
    expect(problems({ ...minimal, extra: 1 }).join()).toContain("extra");
    expect(problems({ ...minimal, boardSerial: { pattern: "(a+)+$" } }).join()).toContain("hang");
    expect(problems({ ...minimal, boardSerial: { pattern: "(" } }).join()).toContain("regular expression");
  });

  it("never throws, whatever it is given", () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withNullPrototype: true }),
        (value) => typeof RecipeSchema.safeParse(value).success === "boolean",
      ),
    );
    fc.assert(
      fc.property(
        fc.jsonValue(),
        (command) => typeof RecipeSchema.safeParse({ ...minimal, commands: [command] }).success === "boolean",
      ),
    );
  });
});

describe("what the owner's side adds to recipes", () => {
  const base = { recipe: 1, product: "P", revision: "1" };
  const complaints = (value: object): readonly string[] => {
    const parsed = RecipeSchema.safeParse({ ...base, ...value });
    return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
  };

  it("takes a rule in place of commands, with a claim by the station and a tag", () => {
    const rule = { rule: "R", tags: ["t"] };
    expect(complaints({ claim: rule, expect: ["finished"] })).toEqual([]);
    expect(complaints({ claim: { rule: "R" } })).toEqual(["claim.tags: must name a tag of the rule"]);
    expect(complaints({ claim: rule, commands: ["finished"] })[0]).toMatch(/^commands: must be empty/);
    expect(complaints({ claim: { ...rule, by: "elsewhere" } })[0]).toMatch(/^claim\.rule: needs claim\.by: station/);
    expect(complaints({ commands: [], expect: [] })[0]).toMatch(/^expect: is for recipes with claim\.rule/);
    expect(complaints({})[0]).toMatch(/^commands: is missing/);
  });

  it("takes a list of what to verify, types by name or number, one content each", () => {
    const listed = (...credentials: readonly object[]) => ({ commands: [], verify: { credentials } });
    const parsed = RecipeSchema.parse({
      ...base,
      ...listed({ secTag: 1, type: "rootCa", sha256: "A".repeat(64) }, { secTag: 1, type: 13 }),
    });
    expect(parsed.verify.credentials).toEqual([
      { secTag: 1, type: 0, sha256: "a".repeat(64) },
      { secTag: 1, type: 13 },
    ]);
    expect(RecipeSchema.parse(parsed)).toEqual(parsed);
    expect(complaints(listed({ secTag: 1, type: "rootCa", file: "a.pem", present: true }))[0]).toContain("beside file");
    expect(complaints(listed({ secTag: 1, type: "key" }))).not.toEqual([]);
    expect(complaints({ commands: [], verify: { forbidUnexpected: [1, 2] } })).toEqual([]);
  });

  it("takes values of units, whose key column records may name", () => {
    const values = { file: "values.csv", key: "next", column: "psk", secret: ["psk"] };
    expect(complaints({ commands: [], values })).toEqual(["values.column: must not be secret: records name it"]);
    expect(complaints({ commands: [], values: { ...values, secret: [] } })).toEqual([]);
    expect(complaints({ commands: [], values: { ...values, file: "../values.csv" } })).not.toEqual([]);
  });
});
