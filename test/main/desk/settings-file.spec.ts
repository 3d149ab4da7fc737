import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SettingsFile } from "../../../main/desk/settings-file.ts";
import { DEFAULT_SETTINGS } from "../../../src/contract/desktop-settings.ts";

describe("SettingsFile", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "settings-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("keeps changes over a restart, those at the same time too", async () => {
    const path = join(folder, "settings.json");
    const file = new SettingsFile(path);
    expect(file.current).toEqual(DEFAULT_SETTINGS);
    await Promise.all([
      file.change({ theme: "dark" }),
      file.change({ operator: "Ana" }),
      file.change({ language: "de" }),
    ]);
    expect(new SettingsFile(path).current).toEqual({
      ...DEFAULT_SETTINGS,
      theme: "dark",
      operator: "Ana",
      language: "de",
    });
  });

  it.each(["", "{", "[]", '{"theme":"green"}'])("begins anew when the file holds %j", (text) => {
    const path = join(folder, "settings.json");
    writeFileSync(path, text);
    expect(new SettingsFile(path).current).toEqual(DEFAULT_SETTINGS);
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  it("changes nothing when they cannot be written", async () => {
    const file = new SettingsFile(join(folder, "none", "settings.json"));
    await expect(file.change({ theme: "dark" })).rejects.toMatchObject({ code: "desktop.settings" });
    expect(file.current).toEqual(DEFAULT_SETTINGS);
  });
});
