import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { STATION_VERSION } from "../../src/core/version.ts";

it("the station's version is the package's", () => {
  const manifest = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  expect(JSON.parse(manifest)).toMatchObject({ version: STATION_VERSION });
});
