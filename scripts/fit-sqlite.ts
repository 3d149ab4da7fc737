import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./bundle.ts";
import type { ElectronRuntime } from "./electron-runtime.ts";

/**
 * Sees to it that the database addon of node_modules runs in an Electron: puts the one that was built for an older Electron beside
 * the prebuilt one (it runs on every Node from 20 on, and is taken first), or takes it away again where the prebuilt one fits.
 */
export function fitSqlite({ sqlite }: ElectronRuntime): void {
  const folder = join(ROOT, "node_modules", "better-sqlite3", "build", "Release");
  rmSync(folder, { recursive: true, force: true });
  if (sqlite === undefined) return;
  mkdirSync(folder, { recursive: true });
  cpSync(sqlite, join(folder, "better_sqlite3.node"));
}
