import { generateKeyPairSync } from "node:crypto";
import { symlink } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { describeError, reportOf } from "../../../src/core/error.ts";
import { loadRecipe } from "../../../src/station/files/recipe-file.ts";
import { TestAuthority } from "../../transport/https/test-authority.ts";
import { failureOf, tempFolder } from "./temp-folder.ts";

const folder = tempFolder();
const CERTIFICATE = new TestAuthority("test").pem;
const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const KEY = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const LOCKED = privateKey
  .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "open sesame" })
  .toString();

const recipe = (...commands: readonly string[]): string =>
  ["recipe: 1", "product: Board", "revision: 7", "commands:", ...commands.map((command) => `  - ${command}`), ""].join(
    "\n",
  );
const written = (...commands: readonly string[]): Promise<string> => folder.write("recipe.yaml", recipe(...commands));

describe("a recipe", () => {
  it("is read with its files and secrets, and frozen without their contents", async () => {
    await folder.write("certs/ca.pem", CERTIFICATE);
    await folder.write("key.pem", KEY);
    const file = await written(
      "serverCertificate: { secTag: 1, file: certs/ca.pem }",
      "clientPrivateKey: { secTag: 1, key: { file: key.pem } }",
      "preSharedKey: { secTag: 2, identity: me, key: { env: BOARD_PSK } }",
      "finished",
    );
    const resolved = await loadRecipe(file, { BOARD_PSK: "00ff00ff", OTHER: "x" });
    expect(resolved.files["certs/ca.pem"]).toMatchObject({ content: CERTIFICATE, length: CERTIFICATE.length });
    expect(resolved.secrets).toEqual({ BOARD_PSK: "00ff00ff" });
    expect(JSON.parse(resolved.frozenText)).toMatchObject({
      recipe: { product: "Board", revision: "7" },
      files: { "key.pem": { length: KEY.length } },
      secrets: { BOARD_PSK: { length: 8 } },
    });
    expect(resolved.frozenText).not.toMatch(/PRIVATE KEY|00ff00ff/);
  });

  it("has one SHA-256, whatever the order of keys, the layout and the format", async () => {
    const yaml = await folder.write(
      "a.yaml",
      "recipe: 1\nproduct: P\nrevision: '2'\ncommands:\n  - endorsementKeyGeneration: { secTag: 5 }\n",
    );
    const json = await folder.write(
      "b.json",
      '{"commands":[{"endorsementKeyGeneration":{"secTag":5}}],"revision":2,"product":"P","recipe":1}',
    );
    const [a, b] = [await loadRecipe(yaml, {}), await loadRecipe(json, {})];
    expect(a.sha256).toBe(b.sha256);
    expect(a.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it("is frozen without what looks like a secret among the parameters of AT commands", async () => {
    const psk = "1d66bd14aa9c2e7b".repeat(4);
    const file = await written(
      `atCommand: { command: "%CMNG", parameters: '0,7,3,"${psk}"' }`,
      `atCommand: { command: "#XTOKEN", parameters: '1,"${psk}"' }`,
      `atCommand: { command: "%XPTW", parameters: '4,"0001"' }`,
    );
    const { recipe: kept, frozenText } = await loadRecipe(file, {});
    expect(JSON.stringify(kept)).toContain(psk);
    expect(frozenText).not.toContain(psk);
    expect(frozenText).toContain('0,7,3,\\"[sha256:');
    expect(frozenText).toContain('4,\\"0001\\"');
  });

  it("is refused when a private key stands in it", async () => {
    const text = recipe("finished").replace("revision: 7", `revision: 7\ndescription: ${JSON.stringify(KEY)}`);
    const error = await failureOf(loadRecipe(await folder.write("recipe.yaml", text), {}));
    expect(error).toMatchObject({ code: "file.secret-inside", facts: { found: "private key (PEM)" } });
    expect(describeError(error)).not.toContain(KEY.split("\n")[1]);
  });

  it("has another SHA-256 when a file or a secret changes", async () => {
    const file = await written(
      "preSharedKey: { secTag: 2, identity: me, key: { env: PSK } }",
      "serverCertificate: { secTag: 1, file: ca.pem }",
    );
    await folder.write("ca.pem", CERTIFICATE);
    const first = await loadRecipe(file, { PSK: "00" });
    const second = await loadRecipe(file, { PSK: "01" });
    await folder.write("ca.pem", `${CERTIFICATE}\n`);
    const third = await loadRecipe(file, { PSK: "00" });
    expect(new Set([first.sha256, second.sha256, third.sha256]).size).toBe(3);
  });

  it("takes a locked private key with its password from a file", async () => {
    await folder.write("key.pem", LOCKED);
    await folder.write("password.txt", "open sesame\n");
    const file = await written(
      "clientPrivateKey: { secTag: 1, key: { file: key.pem }, password: { file: password.txt } }",
    );
    expect(Object.keys((await loadRecipe(file, {})).files)).toEqual(["password.txt", "key.pem"]);
  });
});

describe("a recipe whose files are wrong", () => {
  it.each([
    ["serverCertificate: { secTag: 1, file: missing.pem }", "file.missing", "commands[0].serverCertificate.file"],
    ["serverCertificate: { secTag: 1, file: key.pem }", "file.certificate", "commands[0].serverCertificate.file"],
    ["serverCertificate: { secTag: 1, file: broken.pem }", "file.certificate", "commands[0].serverCertificate.file"],
    ["serverCertificate: { secTag: 1, file: folder }", "file.unreadable", "commands[0].serverCertificate.file"],
    ["serverCertificate: { secTag: 1, file: binary.pem }", "file.not-text", "commands[0].serverCertificate.file"],
    ["serverCertificate: { secTag: 1, file: huge.pem }", "file.too-large", "commands[0].serverCertificate.file"],
    ["clientPrivateKey: { secTag: 1, key: { file: ca.pem } }", "file.key", "commands[0].clientPrivateKey.key"],
    ["clientPrivateKey: { secTag: 1, key: { file: locked.pem } }", "file.key", "commands[0].clientPrivateKey.key"],
    [
      "clientPrivateKey: { secTag: 1, key: { env: NOBODY } }",
      "file.secret-missing",
      "commands[0].clientPrivateKey.key",
    ],
    ["preSharedKey: { secTag: 1, identity: me, key: { env: SHORT } }", "file.psk", "commands[0].preSharedKey.key"],
  ] as const)("%s is refused as %s", async (command, code, field) => {
    await folder.write("ca.pem", CERTIFICATE);
    await folder.write("key.pem", KEY);
    await folder.write("locked.pem", LOCKED);
    await folder.write("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    await folder.write("folder/x", "");
    await folder.write("binary.pem", Uint8Array.of(0x80, 0xff));
    await folder.write("huge.pem", "x".repeat(65_537));
    const file = await written(command);
    const error = await failureOf(loadRecipe(file, { SHORT: "0" }));
    expect(error).toMatchObject({ code, facts: { file, line: 5, field } });
    expect(describeError(error) + JSON.stringify(reportOf(error))).not.toContain("PRIVATE KEY");
  });

  it("is refused with all that is wrong", async () => {
    const file = await written(
      "serverCertificate: { secTag: 1, file: a.pem }",
      "clientCertificate: { secTag: 1, file: b.pem }",
    );
    expect(await failureOf(loadRecipe(file, {}))).toMatchObject({
      code: "file.missing",
      message: "line 5, column 43, commands[0].serverCertificate.file: there is no such file",
      facts: { "problem 2": "line 6, column 43, commands[1].clientCertificate.file: there is no such file" },
    });
  });

  it.runIf(process.platform !== "win32")("does not follow a link out of its folder", async () => {
    await folder.write("outside/ca.pem", CERTIFICATE);
    await folder.write("inside/recipe.yaml", recipe("serverCertificate: { secTag: 1, file: link.pem }"));
    await folder.write("inside/near.pem", CERTIFICATE);
    await symlink(folder.path("outside/ca.pem"), folder.path("inside/link.pem"));
    expect(await failureOf(loadRecipe(folder.path("inside/recipe.yaml"), {}))).toMatchObject({ code: "file.outside" });
  });

  it.runIf(process.platform !== "win32")("follows a link within its folder", async () => {
    await folder.write("near.pem", CERTIFICATE);
    await symlink(folder.path("near.pem"), folder.path("link.pem"));
    const file = await written("serverCertificate: { secTag: 1, file: link.pem }");
    expect((await loadRecipe(file, {})).files["link.pem"]?.content).toBe(CERTIFICATE);
  });

  it("does not take a variable that every object has", async () => {
    const file = await written("clientPrivateKey: { secTag: 1, key: { env: CONSTRUCTOR } }");
    expect(await failureOf(loadRecipe(file, {}))).toMatchObject({ code: "file.secret-missing" });
  });
});

describe("a recipe file itself", () => {
  it("that is missing, too large or a folder is refused by name", async () => {
    const large = await folder.write("large.yaml", "#".repeat(262_145));
    expect(await failureOf(loadRecipe(folder.path("none.yaml"), {}))).toMatchObject({
      code: "file.missing",
      facts: { file: folder.path("none.yaml") },
    });
    expect(await failureOf(loadRecipe(large, {}))).toMatchObject({
      code: "file.too-large",
      facts: { file: large, limit: { value: 262_144, unit: "bytes" } },
    });
    expect(await failureOf(loadRecipe(folder.path("."), {}))).toMatchObject({ code: "file.unreadable" });
  });
});
