import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { bundle, isStale, outputsOf, ROOT } from "../../scripts/bundle.ts";

describe("bundle", () => {
  let folder = "";
  const output = (): string => join(folder, "out");
  const source = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const entries = () => ({ one: relative(ROOT, join(folder, "one.ts")), two: relative(ROOT, join(folder, "two.ts")) });
  const build = (): Promise<void> => bundle(entries(), "esm", output());
  const parts = (): readonly string[] => readdirSync(output()).filter((name) => name.startsWith("part."));
  const run = (...args: readonly string[]): string =>
    execFileSync(process.execPath, [join(output(), "one.mjs"), ...args], { encoding: "utf8", stdio: "pipe" });
  const stale = (): boolean => isStale(outputsOf(entries(), "esm"), [relative(ROOT, join(folder, "*.ts"))], output());

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bundle-"));
    source("shared.ts", "export const greet = (name: string): void => console.log(`hello ${name}`);");
    source("rare.ts", 'import { createRequire } from "node:module"; export const rare = typeof createRequire;');
    source(
      "one.ts",
      'import { greet } from "./shared.ts"; greet("one"); if (process.argv[2]) greet((await import("./rare.ts")).rare);',
    );
    source("two.ts", 'import { greet } from "./shared.ts"; greet("two");');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("puts what is loaded on demand, and what programs share, into files beside them", async () => {
    await build();
    expect(readdirSync(output()).filter((name) => !name.startsWith("part."))).toEqual(["one.mjs", "two.mjs"]);
    expect(parts().map((name) => name.split("-")[0])).toEqual(["part.chunk", "part.rare"]);
    expect(run()).toBe("hello one\n");
    for (const name of parts().filter((part) => part.startsWith("part.rare"))) rmSync(join(output(), name));
    expect(run()).toBe("hello one\n");
    expect(() => run("rarely")).toThrow(/part\.rare/);
  });

  it("takes the parts of earlier builds away, and nothing else", async () => {
    mkdirSync(output());
    writeFileSync(join(output(), "part.gone-AAAAAAAA.mjs"), "");
    writeFileSync(join(output(), "preload.cjs"), "");
    await build();
    const before = parts();
    expect(before).toHaveLength(2);
    source("rare.ts", 'export const rare = "changed";');
    await build();
    expect(parts()).toHaveLength(2);
    expect(parts()).not.toEqual(before);
    expect(readdirSync(output())).toContain("preload.cjs");
    expect(run("rarely")).toBe("hello one\nhello changed\n");
  });

  it("is stale when a program or a part that it names is missing, or a source is newer", async () => {
    expect(stale()).toBe(true);
    await build();
    expect(stale()).toBe(false);
    rmSync(join(output(), parts().find((name) => name.startsWith("part.rare")) ?? ""));
    expect(stale()).toBe(true);
    await build();
    expect(stale()).toBe(false);
    const later = Date.now() / 1000 + 60;
    utimesSync(join(folder, "rare.ts"), later, later);
    expect(stale()).toBe(true);
  });
});
