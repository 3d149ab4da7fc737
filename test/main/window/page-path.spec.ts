import { isAbsolute, join, relative } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pageFile } from "../../../main/window/page-path.ts";

const FOLDER = join("/", "app", "renderer");

describe("pageFile", () => {
  it("finds the pages' files with their types", () => {
    expect(pageFile(FOLDER, "app://station/")).toEqual({
      path: join(FOLDER, "index.html"),
      type: "text/html; charset=utf-8",
    });
    expect(pageFile(FOLDER, "app://station/assets/index-Ab_1.js?v=1#top")).toEqual({
      path: join(FOLDER, "assets", "index-Ab_1.js"),
      type: "text/javascript; charset=utf-8",
    });
  });

  it.each([
    ...[
      "app://station/../main.mjs",
      "app://station/%2e%2e/main.mjs",
      "app://station/..%2fmain.js",
      "app://station//etc/a.js",
    ],
    ...["app://station/.hidden.js", "app://station/a%00.js", "app://station/a\\b.js", "app://station/main.mjs"],
    ...["app://other/index.html", "https://station/index.html", "not an address"],
  ])("finds nothing at %s that is not a page's", (address) => {
    const found = pageFile(FOLDER, address);
    // The URL standard folds some of them into plain names below the folder.
    expect(found === undefined || !relative(FOLDER, found.path).startsWith("..")).toBe(true);
  });

  it("never leads out of the folder, whatever the address", () => {
    const part = fc.oneof(fc.constantFrom("..", "%2e%2e", "%2f", "\\", "a.js", "//", "%5c", "C:"), fc.string());
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const found = pageFile(FOLDER, `app://station/${parts.join("/")}`);
        if (found === undefined) return;
        const way = relative(FOLDER, found.path);
        expect(way.startsWith("..") || isAbsolute(way)).toBe(false);
      }),
    );
  });
});
