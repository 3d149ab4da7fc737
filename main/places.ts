import { join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(new URL(".", import.meta.url));

/** The programs and pages that lie beside the bundled main process (scripts/build-desktop.ts). */
export const BUNDLED = {
  worker: join(HERE, "worker.mjs"),
  centralThread: join(HERE, "central-thread.mjs"),
  historyThread: join(HERE, "history-thread.mjs"),
  service: join(HERE, "service-helper.mjs"),
  simulators: join(HERE, "simulators-helper.mjs"),
  ports: join(HERE, "ports-helper.mjs"),
  serviceTest: join(HERE, "service-test.mjs"),
  preload: join(HERE, "preload.cjs"),
  pages: join(HERE, "renderer"),
};

/** The folder `resources` of the project, or of the package it was installed with. */
export function resourcesFolder(packaged: boolean): string {
  return packaged ? join(process.resourcesPath, "station") : join(HERE, "..", "resources");
}

/** Where a station keeps what it has. */
export function dataPlaces(folder: string) {
  return {
    record: join(folder, "audit.db"),
    operators: join(folder, "operators.json"),
    settings: join(folder, "settings.json"),
    configuration: join(folder, "configuration.json"),
    window: join(folder, "window.json"),
    golden: join(folder, "golden.json"),
    sharedLine: join(folder, "shared-line.json"),
    copies: join(folder, "line"),
    service: join(folder, "training-service"),
    vault: join(folder, "vault.json"),
    vaultKey: join(folder, "vault.key"),
  } as const;
}
