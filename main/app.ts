// The entry of the desktop application.
import { join } from "node:path";
import { app, dialog } from "electron";
import { asStationError, describeError, StationError } from "../src/core/error.ts";
import { realClock } from "../src/core/real-clock.ts";
import { Desktop } from "./desktop.ts";
import { SettingsFile } from "./desk/settings-file.ts";
import { parseOptions, type Options } from "./options.ts";
import { dataPlaces } from "./places.ts";
import { registerScheme } from "./window/app-protocol.ts";
import { rescueDialogs } from "./window/file-dialogs.ts";
import { lockPages } from "./window/lock-down.ts";
import { openOrRescue } from "./window/record-rescue.ts";
import { TEXTS } from "./window/texts.ts";

const EXIT_STATION_ERROR = 3;

registerScheme();
lockPages();

const options = readOptions();

// Nothing here is awaited at the top: Electron is ready only after this module has been run.
if (options instanceof StationError) void app.whenReady().then(() => refuse(options));
else if (reserve(options))
  void app
    .whenReady()
    .then(() => start(options))
    .catch(refuse);
else app.exit(0);

function readOptions(): Options | StationError {
  try {
    return parseOptions(process.argv);
  } catch (error) {
    return asStationError(error);
  }
}

/** Whether this is the only application on its data; another one has been told to show its window. */
function reserve({ data }: Options): boolean {
  if (data !== undefined) app.setPath("userData", join(data, "browser"));
  return app.requestSingleInstanceLock();
}

async function start(options: Options): Promise<void> {
  const data = options.data ?? join(app.getPath("userData"), "station");
  const texts = TEXTS[new SettingsFile(dataPlaces(data).settings).current.language];
  const desktop = await openOrRescue(() => Desktop.open({ ...options, data }, realClock, log), {
    ...{ record: dataPlaces(data).record, texts, clock: realClock, log },
    ...rescueDialogs(texts),
  });
  if (desktop === undefined) {
    app.exit(EXIT_STATION_ERROR);
    return;
  }
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
