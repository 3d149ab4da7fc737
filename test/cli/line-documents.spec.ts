import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { NatsServer } from "../fakes/line/nats-server.ts";
import { callMain, type Called } from "./support/call-main.ts";
import { PATIENCE, RESOURCES, TrayLine } from "./support/tray-line.ts";

vi.setConfig(PATIENCE);

const PASSPHRASE = { LINE_KEY_PASSPHRASE: "a passphrase that nobody may read" };
const SEALED = ["--passphrase-env", "LINE_KEY_PASSPHRASE"];

let server: NatsServer;
let tray: TrayLine;
let lineFile: string;
beforeAll(async () => {
  [server, tray] = await Promise.all([NatsServer.start(), TrayLine.start(1)]);
  await line("key", "--key", tray.path("engineer.pem"), ...SEALED);
  lineFile = tray.write(
    "line.yaml",
    [
      ...["schema: 1", "name: line 7", "station: { name: a1 }", `servers: ["${server.url}"]`, "interlock: false"],
      ...["documents: { trust: [engineer.pem.pub.json], require: true }", ""],
    ].join("\n"),
  );
  await line("setup", "--line", lineFile);
});
afterAll(async () => {
  await Promise.all([server.stop(), tray.stop()]);
});

const line = (...args: readonly string[]): Promise<Called> => callMain(["line", ...args, "--json"], PASSPHRASE);
const engineer = (...args: readonly string[]): Promise<Called> =>
  line(...args, "--line", lineFile, "--key", tray.path("engineer.pem"), ...SEALED);
const fetched = async (): Promise<readonly Listed[]> => {
  const { stdout } = await line("fetch", "--line", lineFile, "--audit", tray.path("station.db"));
  return (JSON.parse(stdout) as { documents: readonly Listed[] }).documents;
};
type Listed = { readonly id: string; readonly kind: string; readonly file: string; readonly problem: unknown };

const run = (recipe: string, fixture: string, ...more: readonly string[]) =>
  callMain(
    [
      ...["run", "--recipe", recipe, "--fixture", fixture, "--profile", tray.path("profile.yaml"), "--json"],
      ...["--audit", tray.path("station.db"), "--line", lineFile, ...more],
    ],
    tray.environment,
  );

describe("documents of a line, from the engineer's key to a unit that passed", () => {
  it("are published, fetched, run as they were signed, and not once they are withdrawn", async () => {
    const recipe = tray.path("recipe/recipe.yaml");
    cpSync(join(RESOURCES, "recipes/training"), dirname(recipe), { recursive: true });
    const unsigned = await run(recipe, tray.path("fixture.yaml"));
    expect([unsigned.code, unsigned.stdout]).toEqual([2, expect.stringContaining("line.document-unsigned")]);

    const published = JSON.parse((await engineer("publish", recipe)).stdout) as { id: string; sha256: string };
    expect((await engineer("publish", tray.path("fixture.yaml"), "--revision", "B")).code).toBe(0);
    const copies = await fetched();
    expect(copies.map(({ kind, problem }) => [kind, problem])).toEqual([
      ["fixture", null],
      ["recipe", null],
    ]);
    const [fixtureCopy = "", recipeCopy = ""] = copies.map(({ file }) => file);
    const passed = await run(recipeCopy, fixtureCopy);
    expect(JSON.parse(passed.stdout)).toMatchObject({ pass: 1, units: 1 });

    writeFileSync(recipeCopy, readFileSync(recipeCopy, "utf8").replace("86400", "1"));
    const changed = await run(recipeCopy, fixtureCopy, "--again");
    expect([changed.code, changed.stdout]).toEqual([2, expect.stringContaining("line.document-unsigned")]);

    expect((await engineer("withdraw", published.sha256.slice(0, 12), "--reason", "wrong CA")).code).toBe(0);
    const withdrawn = await run(recipe, fixtureCopy, "--again");
    expect([withdrawn.code, withdrawn.stdout]).toEqual([2, expect.stringContaining("line.document-withdrawn")]);
    expect((await callMain(["verify", tray.path("station.db")])).code).toBe(0);
    const { documents } = JSON.parse((await line("documents", "--line", lineFile)).stdout) as { documents: object[] };
    expect(documents).toMatchObject([
      { id: published.id, withdrawn: "wrong CA" },
      { revision: "B", here: true },
    ]);
  });

  it("run without the line, as they were fetched", async () => {
    const recipe = tray.write("second.yaml", SECOND);
    const { stdout } = await engineer("publish", recipe);
    const { id } = JSON.parse(stdout) as { id: string };
    const copies = await fetched();
    const [fixture, copy] = [copies.find(({ kind }) => kind === "fixture"), copies.find((listed) => listed.id === id)];
    await server.kill();
    try {
      const passed = await run(copy?.file ?? "", fixture?.file ?? "", "--again");
      expect(JSON.parse(passed.stdout)).toMatchObject({ pass: 1 });
      expect(passed.stderr).toMatch(/the line's documents are as they were: \[line\.away\]/);
    } finally {
      await server.restart();
    }
  });

  it("leave keys and passphrases where they are", async () => {
    const key = readFileSync(tray.path("engineer.pem"), "utf8");
    expect(key).toContain("ENCRYPTED PRIVATE KEY");
    const files = readdirSync(server.folder, { recursive: true, encoding: "utf8" }).map((name) =>
      join(server.folder, name),
    );
    const kept = files.filter((file) => statSync(file).isFile()).map((file) => readFileSync(file, "latin1"));
    expect(kept.join("")).toContain("Training board");
    for (const text of [...kept, server.output, readFileSync(tray.path("station.db"), "latin1")])
      for (const secret of [PASSPHRASE.LINE_KEY_PASSPHRASE, key.split("\n")[1] ?? "?", "PRIVATE KEY"])
        expect(text.includes(secret)).toBe(false);
  });

  it.each([
    [["publish", "--line", "LINE", "--key", "KEY"], "publish needs the file"],
    [["publish", "none.yaml", "--line", "LINE", "--key", "KEY"], "file.missing"],
    [["publish", "none.yaml", "--line", "LINE"], "--key is missing"],
    [["withdraw", "no-such-document", "--reason", "x", "--line", "LINE", "--key", "KEY"], "line.document-missing"],
    [["withdraw", "00000000", "--line", "LINE", "--key", "KEY"], "--reason is missing"],
    [["fetch", "no-such-document", "--line", "LINE"], "line.document-missing"],
    [["status", "too-much", "--line", "LINE"], "takes no document"],
    [["key", "--key", "KEY"], "line.publisher-key-there"],
  ])("refuse %j with 2", async (args, expected) => {
    const places = args.map((arg) => ({ LINE: lineFile, KEY: tray.path("engineer.pem") })[arg] ?? arg);
    const { code, stdout } = await line(...places, ...(args.includes("--key") ? SEALED : []));
    expect([code, stdout]).toEqual([2, expect.stringContaining(expected)]);
  });
});

const SECOND = `recipe: 1
product: Plain board
revision: "1"
commands:
  - config: { station/product: plain }
  - finished: {}
`;
