// The entry of the desktop application.
import { app, dialog } from "electron";
import { asStationError, describeError } from "../src/core/error.ts";
import { realClock } from "../src/core/real-clock.ts";
import { Desktop } from "./desktop.ts";
import { parseOptions } from "./options.ts";
import { registerScheme } from "./window/app-protocol.ts";
import { lockPages } from "./window/lock-down.ts";
import { TEXTS } from "./window/texts.ts";

const EXIT_STATION_ERROR = 3;

registerScheme();
lockPages();

// Nothing here is awaited at the top: Electron is ready only after this module has been run.
if (app.requestSingleInstanceLock()) void app.whenReady().then(start).catch(refuse);
else app.exit(0);

async function start(): Promise<void> {
  const desktop = await Desktop.open(parseOptions(process.argv), realClock, log);
  app.on("second-instance", () => desktop.show());
  app.on("activate", () => desktop.show());
  app.on("before-quit", (event) => {
    event.preventDefault();
    desktop.requestClose();
  });
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, () => desktop.forceClose());
  process.on("uncaughtException", (error) => {
    log(describeError(error));
    desktop.forceClose();
  });
}

/** The station could not be opened: says why and what to do, on the screen and for whoever reads the log. */
function refuse(error: unknown): void {
  log(describeError(error));
  dialog.showErrorBox(TEXTS.en.cannotStart, `${describeError(error)}\n\n${asStationError(error).advice}`);
  app.exit(EXIT_STATION_ERROR);
}

function log(line: string): void {
  process.stderr.write(`${line}\n`);
}
