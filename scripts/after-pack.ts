import { rmSync } from "node:fs";
import { join } from "node:path";

/** What electron-builder calls for each package: takes out what an Electron for tests starts with where it has no application. */
export function afterPack({ appOutDir }: { readonly appOutDir: string }): void {
  if (process.platform === "linux") rmSync(join(appOutDir, "resources", "app"), { recursive: true, force: true });
}
