import { describe, expect, it } from "vitest";
import { isOwnPage, requireTrusted } from "../../../main/ipc/trusted-sender.ts";

const own = { ownWindow: true, mainFrame: true, url: "app://station/index.html#/history" };

describe("requireTrusted", () => {
  it("takes messages of the page of the station's own window", () => {
    expect(() => requireTrusted(own)).not.toThrow();
  });

  it.each([
    ["another window", { ...own, ownWindow: false }],
    ["a frame in the page", { ...own, mainFrame: false }],
    ["a page that is gone", { ...own, url: undefined }],
    ["a page of the network", { ...own, url: "https://station/index.html" }],
    ["a file", { ...own, url: "file:///station/index.html" }],
    ["another host of the scheme", { ...own, url: "app://other/index.html" }],
  ])("refuses messages of %s", (_name, facts) => {
    expect(() => requireTrusted(facts)).toThrow(expect.objectContaining({ code: "desktop.sender" }));
  });
});

describe("isOwnPage", () => {
  it.each(["app://station", "app://station/", "app://station/assets/index.js"])("knows %s", (address) => {
    expect(isOwnPage(address)).toBe(true);
  });

  it.each([
    ...[
      "app://station.evil/",
      "app://user@station/",
      "app://station:80/",
      "app:station",
      "apps://station/",
      "",
      "about:blank",
    ],
    ...["https://app://station/", "data:text/html,app://station/"],
  ])("does not know %s", (address) => {
    expect(isOwnPage(address)).toBe(false);
  });
});
