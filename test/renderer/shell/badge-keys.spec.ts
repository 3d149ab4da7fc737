// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { badgeKeys } from "../../../renderer/shell/session/badge-keys.ts";

/** Presses keys, `gap` ms apart, and tells the badges and how many of the keys were kept from the page. */
function typed(keys: readonly string[], gap: number) {
  const badges: string[] = [];
  const listen = badgeKeys((badge) => badges.push(badge));
  const kept = keys.filter((key, index) => {
    const event = new KeyboardEvent("keydown", { key, cancelable: true });
    Object.defineProperty(event, "timeStamp", { value: 1000 + index * gap });
    listen(event);
    return event.defaultPrevented;
  });
  return { badges, kept: kept.length };
}

describe("badgeKeys", () => {
  it("takes what a scanner types, its Enter too", () => {
    expect(typed([...Array.from("ID-000117"), "Enter"], 8)).toEqual({ badges: ["ID-000117"], kept: 9 });
  });

  it("leaves a person's keys to the page", () => {
    expect(typed([...Array.from("ana"), "Enter"], 140)).toEqual({ badges: [], kept: 0 });
  });

  it("takes nothing of what is too short for a badge", () => {
    expect(typed(["a", "b", "Enter"], 8).badges).toEqual([]);
  });
});
