// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FRESH, line, OVER } from "./line-rig.ts";

describe("the Line's scan field", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    document.body.innerHTML = "";
  });

  it("has the keyboard from the start and names the slot that is next", async () => {
    const { field, prompt } = await line(FRESH);
    expect(document.activeElement).toBe(field().element);
    expect(prompt()).toBe("Scan the unit in slot 1");
    expect(field().attributes("aria-label")).toBe("Board serial. Scan the unit in slot 1");
  });

  it("takes a right serial for its slot and asks for the next", async () => {
    const { field, prompt, scan, tile, screen } = await line(FRESH);
    await scan(" 7Q4ABC ");
    expect(prompt()).toBe("Scan the unit in slot 2");
    expect(field().element.value).toBe("");
    expect(tile(1).text()).toContain("Slot 1, Ready, 7Q4ABC");
    expect(screen.get(".last").text()).toContain("7Q4ABC in slot 1");
  });

  it("refuses what is no serial of the product, aloud, and keeps its slot", async () => {
    const { prompt, scan, tile, screen, field } = await line(FRESH);
    await scan("hello");
    expect(prompt()).toBe("hello is not a serial of this product");
    expect(screen.get(".scan + [role=alert]").text()).toBe("hello is not a serial of this product");
    expect(tile(1).attributes("data-look")).toBe("scan");
    await field().setValue("7");
    expect(screen.get(".scan + [role=alert]").text()).toBe("");
  });

  it("refuses the same label twice and says in which slot it is", async () => {
    const { prompt, scan, tile } = await line(FRESH);
    await scan("7Q4ABC");
    await scan("7Q4ABC");
    expect(prompt()).toBe("7Q4ABC is already in slot 1");
    expect(tile(2).attributes("data-look")).toBe("scan");
  });

  it("refuses a unit that runs or has passed in this tray", async () => {
    const { prompt, scan } = await line({ scene: "states-8" });
    await scan("7Q4E69");
    expect(prompt()).toBe("7Q4E69 is running in slot 4");
    await scan("7Q4E6C");
    expect(prompt()).toBe("7Q4E6C has passed in slot 5");
  });

  it("does nothing at an empty line", async () => {
    const { prompt, scan } = await line(FRESH);
    await scan("  ");
    expect(prompt()).toBe("Scan the unit in slot 1");
  });

  it("leaves a slot out by Skip, and takes it in again by a press on it", async () => {
    const { prompt, press, tile } = await line(FRESH);
    await press("Skip slot");
    expect(tile(1).attributes("data-look")).toBe("empty");
    expect(prompt()).toBe("Scan the unit in slot 2");
    await tile(1).trigger("click");
    expect(prompt()).toBe("Scan the unit in slot 1");
  });

  it("gets the keyboard back after a press on a button, by F2, and when it is nowhere", async () => {
    const { field, button, key, tile } = await line(FRESH);
    button("Skip slot")?.element.focus();
    button("Skip slot")?.element.dispatchEvent(new MouseEvent("click", { bubbles: true, detail: 1 }));
    expect(document.activeElement).toBe(field().element);
    (tile(3).element as HTMLElement).focus();
    await key("F2");
    expect(document.activeElement).toBe(field().element);
    field().element.blur();
    await vi.advanceTimersByTimeAsync(1);
    expect(document.activeElement).toBe(field().element);
  });

  it("gets what a scanner types elsewhere, from its first letter on", async () => {
    const { field, tile, key } = await line(FRESH);
    (tile(3).element as HTMLElement).focus();
    await key("7");
    await key("Q");
    expect(document.activeElement).toBe(field().element);
    expect(field().element.value).toBe("7Q");
  });

  it("offers to run the one unit again that stays in, with its serial", async () => {
    const { press, of } = await line(OVER);
    await press("Retry slot 7");
    expect(of("start")).toMatchObject([{ slots: ["7"], serials: { 7: "7Q4E72" } }]);
  });
});
