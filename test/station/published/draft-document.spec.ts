import { generateKeyPairSync } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StationError } from "../../../src/core/error.ts";
import { draftDocument, type DraftedDocument } from "../../../src/station/published/draft-document.ts";
import { tempFolder } from "../files/temp-folder.ts";
import { FIXTURE, RECIPE } from "../library/library-rig.ts";

const RECIPES = join(import.meta.dirname, "../../../resources/recipes");
const environment = {};

const carried = ({ files }: DraftedDocument): readonly string[] =>
  files.filter((file) => file.carried).map(({ path }) => path);
const staying = ({ files }: DraftedDocument): readonly string[] =>
  files.filter((file) => !file.carried).map(({ path }) => path);

describe("a document that is to be published", () => {
  const folder = tempFolder();

  const recipe = (...commands: readonly string[]): Promise<string> =>
    folder.write("recipe.yaml", RECIPE.replace("  - finished: {}", commands.map((line) => `  - ${line}`).join("\n")));

  it("is named by its product and revision, a fixture by its name and the revision that is given", async () => {
    expect(await draftDocument(await folder.write("recipe.yaml", RECIPE), { environment })).toMatchObject({
      ...{ kind: "recipe", name: "Board", revision: "1" },
    });
    const tray = await folder.write("tray.yml", FIXTURE);
    expect(await draftDocument(tray, { environment })).toMatchObject({ kind: "fixture", name: "Tray", revision: "1" });
    expect(await draftDocument(tray, { environment, revision: "7" })).toMatchObject({ revision: "7" });
  });

  it("takes the certificates that it names along, and its own text byte for byte", async () => {
    const file = join(RECIPES, "training/recipe.yaml");
    const draft = await draftDocument(file, { environment });
    expect(carried(draft)).toEqual(["recipe.yaml", "amazon-root-ca-1.pem", "nrf-cloud-coap-ca.pem"]);
    expect(Buffer.from(draft.files[0]?.bytes ?? [])).toEqual(await readFile(file));
  });

  it("leaves a certificate where it is that stands beside something else", async () => {
    const certificate = await readFile(join(RECIPES, "training/amazon-root-ca-1.pem"), "utf8");
    await folder.write("two.pem", `${certificate}\r\n${certificate}`);
    await folder.write("noted.pem", `# password of the device key: 0815\n${certificate}`);
    const commands = ["{ secTag: 1, file: two.pem }", "{ secTag: 2, file: noted.pem }"];
    const draft = await draftDocument(await recipe(...commands.map((each) => `serverCertificate: ${each}`)), {
      environment,
    });
    expect(carried(draft)).toEqual(["recipe.yaml", "two.pem"]);
    expect(staying(draft)).toEqual(["noted.pem"]);
  });

  it("leaves keys, passwords and units' values where they are", async () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    await folder.write("keys/device.key", key);
    await folder.write("keys/psk.txt", "00112233445566778899aabbccddeeff");
    await folder.write("device.pem", await readFile(join(RECIPES, "training/amazon-root-ca-1.pem")));
    const draft = await draftDocument(
      await recipe(
        "clientCertificate: { secTag: 1, file: device.pem }",
        "clientPrivateKey: { secTag: 1, key: { file: keys/device.key } }",
        "preSharedKey: { secTag: 2, identity: a, key: { file: keys/psk.txt } }",
      ),
      { environment },
    );
    expect(carried(draft)).toEqual(["recipe.yaml", "device.pem"]);
    expect(staying(draft)).toEqual(["keys/device.key", "keys/psk.txt"]);
    const psk = join(RECIPES, "psk-per-unit/recipe.yaml");
    expect(staying(await draftDocument(psk, { environment }))).toEqual(["values.csv"]);
    expect(staying(await draftDocument(psk, { environment, ownValues: true }))).toEqual([]);
  });

  it("does not need the secrets that only stations have", async () => {
    const file = await recipe("preSharedKey: { secTag: 2, identity: a, key: { env: LINE_PSK } }");
    expect(carried(await draftDocument(file, { environment }))).toEqual(["recipe.yaml"]);
    await expect(draftDocument(file, { environment: { LINE_PSK: "zz" } })).rejects.toMatchObject({ code: "file.psk" });
  });

  it.each([
    ["a key in a comment", () => `${RECIPE}# -----BEGIN PRIVATE KEY-----\n`],
    [
      "a PSK in an AT command",
      () => RECIPE.replace("finished: {}", 'atCommand: { command: "%CMNG", parameters: "0,5,3,\\"ab12ab12\\"" }'),
    ],
    [
      "a PIN in an AT command",
      () => RECIPE.replace("finished: {}", 'atCommand: { command: "+CPIN", parameters: "1234" }'),
    ],
  ])("is refused with %s, which the error does not quote", async (_what, text) => {
    const error: unknown = await draftDocument(await folder.write("recipe.yaml", text()), { environment }).catch(
      (cause: unknown) => cause,
    );
    expect(error).toMatchObject({
      code: expect.stringMatching(/^(line\.document-secret|file\.secret-inside)$/) as string,
    });
    expect(JSON.stringify(error)).not.toMatch(/ab12|1234/);
  });

  it("is refused as a run would refuse it", async () => {
    await expect(
      draftDocument(await recipe("serverCertificate: { secTag: 1, file: none.pem }"), { environment }),
    ).rejects.toMatchObject({ code: "file.missing" });
    await expect(draftDocument(await folder.write("x.yaml", "a: 1"), { environment })).rejects.toMatchObject({
      code: "line.document-invalid",
    });
    await expect(
      draftDocument(await folder.write("recipe.yaml", RECIPE), { environment, ownValues: true }),
    ).rejects.toMatchObject({ code: "line.document-invalid" });
  });

  it("never fails otherwise, whatever its text", async () => {
    const file = folder.path("any.yaml");
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.string(), fc.constantFrom(RECIPE, FIXTURE).chain(cutAnywhere)), async (text) => {
        await writeFile(file, text);
        const error: unknown = await draftDocument(file, { environment }).then(
          () => undefined,
          (cause: unknown) => cause,
        );
        expect(error === undefined || error instanceof StationError).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});

function cutAnywhere(text: string): fc.Arbitrary<string> {
  return fc.tuple(fc.nat(text.length), fc.string({ maxLength: 4 })).map(([at, more]) => text.slice(0, at) + more);
}
