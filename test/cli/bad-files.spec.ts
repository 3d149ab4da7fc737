import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { BadFiles, type FileKind } from "./support/bad-files.ts";
import { PATIENCE } from "./support/tray-line.ts";

vi.setConfig(PATIENCE);

const COMMANDS =
  "certificateSigningRequest, cloudAccessKeyGeneration, clientPrivateKeyGeneration, endorsementKeyGeneration, " +
  "serverCertificate, clientCertificate, clientPrivateKey, preSharedKey, atCommand, config, finished";

let files: BadFiles;

beforeAll(() => {
  files = new BadFiles();
});

afterAll(() => files.remove());

/** The report on a file of a kind. */
const reportOn = (
  kind: FileKind,
  text: string | Buffer,
  environment: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> => files.reportOn(kind, text, environment);

describe("the report on a recipe", () => {
  it("names file, line, column, field and limit of everything that is wrong", async () => {
    const text = [
      "recipe: 2",
      'product: ""',
      "revision: [1]",
      "colour: red",
      'modem: { models: nRF91, firmware: { minimum: "v1" } }',
      'boardSerial: { pattern: "(a+)+" }',
      'claim: { by: me, tags: ["a\\tb"] }',
      "commands:",
      "  - serverCertificate: { secTag: -1, file: ../x.pem }",
      "  - serverCertificate: { secTag: 99999999999, file: nope.pem, more: 1 }",
      "  - clientPrivateKey: { secTag: 1, key: abc }",
      "  - preSharedKey: { secTag: 1, identity: x, key: { env: lower } }",
      '  - atCommand: { command: "AT%XPTW" }',
      "  - config: {}",
      "  - makeCoffee: {}",
      "verify: no",
    ];
    expect(await reportOn("recipe", text.join("\n"))).toEqual([
      "[file.invalid] @/bad-recipe.txt",
      "  line 1, column 9, recipe: must be 1",
      "  line 2, column 10, product: must not be empty",
      "  line 3, column 11, revision: must be a text or a number",
      "  line 4, column 1, colour: is not a field of this file",
      "  line 5, column 18, modem.models: must be a list",
      "  line 5, column 46, modem.firmware.minimum: must be a version such as 2.0.2 or a firmware's name such as mfw_nrf91x1_2.0.2",
      "  line 6, column 25, boardSerial.pattern: must not repeat a group that repeats itself (it could hang the station)",
      '  line 7, column 14, claim.by: must be "station" or "elsewhere" or "later"',
      "  line 7, column 25, claim.tags[0]: must not contain control characters",
      "  line 9, column 34, commands[0].serverCertificate.secTag: must be at least 0",
      "  line 9, column 44, commands[0].serverCertificate.file: must be a path below the recipe's folder, with forward slashes",
      "  line 10, column 34, commands[1].serverCertificate.secTag: must be at most 2147483647",
      "  line 10, column 63, commands[1].serverCertificate.more: is not a field of this file",
      "  line 11, column 41, commands[2].clientPrivateKey.key: must be { file: … } below the recipe's folder, { env: … } with a variable's name in capitals or { column: … } of the value file",
      "  line 12, column 57, commands[3].preSharedKey.key.env: must be an environment variable's name in capitals",
      "  line 13, column 27, commands[4].atCommand.command: must be written without AT, for example %XPTW",
      "  line 14, column 13, commands[5].config: must hold 1 to 10 settings",
      `  line 15, column 5, commands[6]: must be one command: an object with one key of ${COMMANDS}`,
      "  line 16, column 9, verify: must be a group of fields",
      "The file has wrong or missing fields: correct each place given.",
    ]);
  });

  it("names what the files and variables that it names are not", async () => {
    files.write("words.pem", "hello");
    files.write("short.hex", "abc");
    const text = [
      "recipe: 1",
      "product: P",
      "revision: 1",
      "commands:",
      "  - serverCertificate: { secTag: 1, file: nope.pem }",
      "  - clientCertificate: { secTag: 1, file: words.pem }",
      "  - clientPrivateKey: { secTag: 1, key: { file: words.pem } }",
      "  - clientPrivateKey: { secTag: 1, key: { file: words.pem }, password: { env: NO_PASSWORD } }",
      "  - preSharedKey: { secTag: 1, identity: x, key: { env: NO_PSK } }",
      "  - preSharedKey: { secTag: 1, identity: x, key: { file: short.hex } }",
    ];
    expect(await reportOn("recipe", text.join("\n"), { NO_PSK: "" })).toEqual([
      "[file.missing] @/bad-recipe.txt",
      "  line 5, column 43, commands[0].serverCertificate.file: there is no such file",
      "  line 6, column 43, commands[1].clientCertificate.file: holds no certificate in PEM form",
      "  line 7, column 41, commands[2].clientPrivateKey.key: is no private key in PEM form, or its password is missing or wrong",
      "  line 8, column 41, commands[3].clientPrivateKey.key: the environment variable NO_PASSWORD is not set",
      "  line 8, column 72, commands[3].clientPrivateKey.password: the environment variable NO_PASSWORD is not set",
      "  line 9, column 50, commands[4].preSharedKey.key: the environment variable NO_PSK is not set",
      "  line 10, column 50, commands[5].preSharedKey.key: must be 1 to 256 pairs of hex digits",
      "The file does not exist: check its name and place.",
    ]);
  });

  it.each<[string, string | Buffer, RegExp]>([
    ["a quote that is not closed", 'recipe: 1\nproduct: "x\n', /line 3, column 1: Missing closing/],
    ["a key that stands twice", "recipe: 1\nrecipe: 1\n", /line 2, column 1: Map keys must be unique/],
    ["two documents", "recipe: 1\n---\nrecipe: 1\n", /line 2, column 1: the file must hold one document, not several/],
    ["a tag of a programming language", "recipe: !!js/function x\n", /line 1, column 9: Unresolved tag/],
    ["a list", "- recipe\n", /line 1, column 1: must be a group of fields/],
    ["nothing", "", /line 1, column 1: must be a group of fields/],
    ["bytes", Buffer.from([0xff, 0xfe, 0x00]), /the file is not UTF-8 text \(file @/],
    ["a giant", Buffer.alloc(300_000, 0x20), /the file is too large \(file @.*, limit 262144 bytes\)/],
    ["depth", "[".repeat(5000), /must not be nested deeper than 64 levels/],
    ["aliases that grow", `a: &a [${"x,".repeat(99)}]\nb: &b [${"*a,".repeat(99)}]\nc: [${"*b,".repeat(99)}]`, /alias/],
    ["JSON that breaks off", '{"recipe": 1, "product": ', /line 1, column \d+/],
  ])("tells of %s", async (_name, text, sentence) => {
    expect((await reportOn("recipe", text)).join("\n")).toMatch(sentence);
  });

  it("stops counting aloud at 20", async () => {
    const many = Array.from({ length: 30 }, () => "  - finished: { x: 1 }");
    const lines = await reportOn("recipe", ["recipe: 1", "product: P", "revision: 1", "commands:", ...many].join("\n"));
    expect(lines).toHaveLength(1 + 20 + 1 + 1);
    expect(lines.at(-2)).toBe("  and 10 more");
  });
});

describe("the report on a fixture", () => {
  it("names everything that is wrong, and how it would be right", async () => {
    const text = [
      "fixture: 1",
      "name: T",
      "rows: 0",
      "columns: 900",
      "line: { baud: fast, flowControl: hardware, mode: maybe }",
      "settings: { sink: tape }",
      "slots:",
      '  - { slot: "1 2", row: 1, column: 1, port: { tcp: "127.0.0.1" } }',
      '  - { slot: 2, row: 5, column: 1, port: { tcp: "127.0.0.1:70000" } }',
      '  - { slot: 3, row: 5, column: 1, port: { usb: "1-1", interface: 99 } }',
      "  - { slot: 4, row: 1, column: 2, port: /dev/ttyUSB0 }",
      "  - { slot: 5, row: 1, column: 2 }",
    ];
    expect(await reportOn("fixture", text.join("\n"))).toEqual([
      "[file.invalid] @/bad-fixture.txt",
      "  line 3, column 7, rows: must be at least 1",
      "  line 4, column 10, columns: must be at most 64",
      "  line 5, column 15, line.baud: must be a number",
      '  line 5, column 34, line.flowControl: must be "rtscts" or "xonxoff" or "none"',
      '  line 5, column 50, line.mode: must be "at" or "shell" or "auto"',
      '  line 6, column 19, settings.sink: must be "none" or "zephyr-shell" or "at"',
      "  line 8, column 13, slots[0].slot: must be 1 to 16 letters, digits, dots, dashes or underscores",
      "  line 8, column 52, slots[0].port.tcp: must be host:port",
      "  line 9, column 48, slots[1].port.tcp: port must be at most 65535",
      "  line 10, column 66, slots[2].port.interface: must be at most 31",
      "  line 11, column 41, slots[3].port: must be { tcp: … }, { path: … }, { usb: … }, { adapterSerial: … } or { byPath: … }",
      "  line 12, column 5, slots[4].port: is missing (a group of fields)",
      "The file has wrong or missing fields: correct each place given.",
    ]);
  });

  it("names what stands twice or outside the tray", async () => {
    const slot = (name: string, row: number, port: number): string =>
      `  - { slot: ${name}, row: ${row}, column: 1, port: { tcp: "a:${port}" } }`;
    const lines = ["fixture: 1", "name: T", "rows: 2", "columns: 1", "slots:"];
    expect(await reportOn("fixture", [...lines, slot("A", 1, 1), slot("A", 1, 1), slot("B", 3, 2)].join("\n"))).toEqual(
      [
        "[file.invalid] @/bad-fixture.txt",
        "  line 7, column 13, slots[1].slot: repeats an earlier slot",
        "  line 7, column 21, slots[1].row: repeats an earlier place",
        "  line 7, column 41, slots[1].port: repeats an earlier port",
        "  line 8, column 21, slots[2].row: must be at most rows (2)",
        "The file has wrong or missing fields: correct each place given.",
      ],
    );
  });
});

describe("the report on a profile", () => {
  it("names everything that is wrong", async () => {
    const text = [
      "profile: 1",
      "name: x",
      "service: aws",
      'https: { host: "bad host", port: 0, ca: nope.pem }',
      'owner: { base: "http://localhost", keyEnv: lower }',
      'proxy: "http://me:pw@proxy"',
      "clientVersion: v1",
      "limits: { rxBytes: 1 }",
    ];
    const report = await reportOn("profile", text.join("\n"));
    expect(report).toEqual([
      "[file.invalid] @/bad-profile.txt",
      '  line 3, column 10, service: must be "embedded" or "nrf-cloud"',
      "  line 4, column 16, https.host: must be a host name or address",
      "  line 4, column 34, https.port: must be at least 1",
      "  line 5, column 16, owner.base: must be an https:// address without user, query or fragment",
      "  line 5, column 44, owner.keyEnv: must be an environment variable's name in capitals",
      "  line 6, column 8, proxy: must be an http:// or https:// address; proxy credentials come from the environment",
      "  line 7, column 16, clientVersion: must be a version such as 3.2.0",
      "  line 8, column 20, limits.rxBytes: must be at least 512",
      "The file has wrong or missing fields: correct each place given.",
    ]);
    expect(report.join("\n")).not.toContain("pw");
  });

  it("names each CA file that is none", async () => {
    const text =
      'profile: 1\nname: P\nservice: embedded\nhttps: { host: h, ca: nope.pem }\nowner: { base: "https://h/v1", ca: recipe.yaml }\n';
    expect(await reportOn("profile", text)).toEqual([
      "[file.missing] @/bad-profile.txt",
      "  line 4, column 23, https.ca: there is no such file",
      "  line 5, column 36, owner.ca: holds no certificate in PEM form",
      "The file does not exist: check its name and place.",
    ]);
  });
});

describe("the report on serials", () => {
  it("names every line that is wrong", async () => {
    const text = `slot,serial\n1,A,x\n2\n3,\n4,${"x".repeat(65)}\n5,B\n5,C\n6,B\n7 8,D\n`;
    const serial = "the serial must be 1 to 64 characters without control characters";
    expect(await reportOn("serials", text)).toEqual([
      "[file.csv] @/bad-serials.txt",
      "  line 2: must hold slot,serial",
      "  line 3: must hold slot,serial",
      `  line 4: ${serial}`,
      `  line 5: ${serial}`,
      "  line 7: slot 5 has a serial already",
      "  line 8: the serial stands in an earlier line already",
      "  line 9: the slot must be 1 to 16 letters, digits, dots, dashes or underscores",
      "The serials file is wrong at the line given: each line holds slot,serial.",
    ]);
  });
});
