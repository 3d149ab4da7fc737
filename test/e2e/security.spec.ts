import { expect } from "@playwright/test";
import { test } from "./station-app.ts";

test("the page reaches nothing of Node or Electron but two functions", async ({ launch }) => {
  const { page } = await launch("--station-units=1");
  const reach = await page.evaluate(() => ({
    globals: ["require", "process", "module", "Buffer", "electron", "ipcRenderer"].filter((name) => name in window),
    api: Object.keys(window.station).toSorted(),
  }));
  expect(reach).toEqual({ globals: [], api: ["request", "subscribe"] });
});

test("requests of another form are refused with the field that is wrong", async ({ launch }) => {
  const { page } = await launch("--station-units=1");
  const replies = await page.evaluate(async () => {
    const ask = (kind: unknown, asks: unknown): Promise<unknown> =>
      window.station.request(kind as "start", asks as object);
    return Promise.all([ask("nothing", null), ask("abort", { slot: "../1" }), ask("start", { slots: 1 }), ask(7, {})]);
  });
  for (const reply of replies) expect(reply).toMatchObject({ ok: false, error: { code: "desktop.request" } });
  expect(replies[1]).toMatchObject({ error: { facts: { kind: "abort", field: "slot" } } });
});

test("inline scripts, evaluation, foreign content, new windows, navigation and permissions are denied", async ({
  launch,
}) => {
  const { app, page } = await launch("--station-units=1");
  const found = await page.evaluate(async () => {
    const violations: string[] = [];
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) =>
      violations.push(effectiveDirective),
    );
    const script = document.createElement("script");
    script.textContent = "window.broken = true";
    document.body.append(script);
    const refused = (work: () => unknown) => {
      try {
        work();
        return false;
      } catch {
        return true;
      }
    };
    // Not within the test's own evaluation, which the browser lets evaluate more.
    const evaluation = await new Promise((resolve) => setTimeout(() => resolve(refused(() => (0, eval)("1")))));
    const fetched = await fetch("https://example.org/").then(
      () => true,
      () => false,
    );
    const fromFile = await fetch("file:///etc/passwd").then(
      () => true,
      () => false,
    );
    const outside = (await fetch("app://station/%2e%2e/main.mjs")).status;
    const opened = window.open("https://example.org/") !== null;
    const notifications = await Notification.requestPermission();
    window.location.href = "https://example.org/";
    await new Promise((resolve) => setTimeout(resolve, 300));
    return { broken: "broken" in window, evaluation, fetched, fromFile, outside, opened, notifications, violations };
  });
  expect(found).toMatchObject({
    ...{ broken: false, evaluation: true, fetched: false, fromFile: false, outside: 404, opened: false },
    notifications: "denied",
  });
  expect(found.violations).toContain("script-src-elem");
  expect(page.url()).toMatch(/^app:\/\/station\//);
  expect(app.windows()).toHaveLength(1);
});

test("the page itself keeps to its content security policy", async ({ launch }) => {
  const { page } = await launch("--station-units=2");
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.reload();
  await page.waitForLoadState("networkidle");
  expect(complaints.filter((text) => /Content Security Policy|Refused|error/iu.test(text))).toEqual([]);
});
