// Runs inside Electron: paints pages off screen and saves them, as the job file that SCREENS_JOB names says.
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { app, BrowserWindow } from "electron";
import type { ScreensJob, Shot } from "./job.ts";

const TYPES: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };
const SETTLE = 900;
const ERRORS = 3;

const job = JSON.parse(readFileSync(process.env["SCREENS_JOB"] ?? "", "utf8")) as ScreensJob;
const server = createServer((request, response) => {
  const path = normalize(new URL(request.url ?? "/", "http://localhost").pathname);
  try {
    const body = readFileSync(join(job.root, path));
    response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" }).end(body);
  } catch {
    response.writeHead(404).end();
  }
});

app.disableHardwareAcceleration();
app.on("window-all-closed", () => undefined);
app
  .whenReady()
  .then(paintAll)
  .then(
    () => app.exit(0),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      app.exit(1);
    },
  );

async function paintAll(): Promise<void> {
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address() as AddressInfo;
  for (const shot of job.shots) await paint(shot, port);
}

async function paint({ name, query, width, height, script }: Shot, port: number): Promise<void> {
  const window = new BrowserWindow({ width, height, show: false, frame: false, webPreferences: { offscreen: true } });
  const page = window.webContents;
  page.on("console-message", (_event, level, message) => {
    if (level >= ERRORS) process.stdout.write(`${name}: ${message}\n`);
  });
  await window.loadURL(`http://127.0.0.1:${port}/dev/index.html?${query}`);
  await page.executeJavaScript("document.fonts.ready.then(() => true)");
  await pause(SETTLE);
  for (const { run, wait } of script) {
    const answer: unknown = await page.executeJavaScript(run);
    process.stdout.write(`${name}: ${JSON.stringify(answer)}\n`);
    await pause(wait);
  }
  writeFileSync(join(job.out, `${name}.png`), (await page.capturePage()).toPNG());
  window.destroy();
}
