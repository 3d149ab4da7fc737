// Runs inside Electron: paints pages off screen and saves them. Reads its job from the file named by SCREENS_JOB:
// { root, out, shots: [{ name, query, width, height, script? }] }
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { app, BrowserWindow } from "electron";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2" };
const SETTLE = 900;
const { root, out, shots } = JSON.parse(readFileSync(process.env.SCREENS_JOB, "utf8"));

const server = createServer((request, response) => {
  const path = normalize(new URL(request.url, "http://localhost").pathname);
  try {
    const body = readFileSync(join(root, path));
    response.writeHead(200, { "content-type": TYPES[extname(path)] ?? "application/octet-stream" }).end(body);
  } catch {
    response.writeHead(404).end();
  }
});

app.disableHardwareAcceleration();
app.on("window-all-closed", () => {});
app.whenReady().then(async () => {
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  const { port } = server.address();
  for (const { name, query, width, height, script } of shots) {
    const window = new BrowserWindow({ width, height, show: false, frame: false, webPreferences: { offscreen: true } });
    window.webContents.on(
      "console-message",
      (_event, level, message) => level >= 2 && console.log(`${name}: ${message}`),
    );
    await window.loadURL(`http://127.0.0.1:${port}/dev/index.html?${query}`);
    await window.webContents.executeJavaScript("document.fonts.ready.then(() => true)");
    await pause(SETTLE);
    for (const { run, wait } of script ?? []) {
      console.log(`${name}:`, JSON.stringify(await window.webContents.executeJavaScript(run)));
      await pause(wait);
    }
    writeFileSync(join(out, `${name}.png`), (await window.webContents.capturePage()).toPNG());
    window.destroy();
  }
  app.exit(0);
});
