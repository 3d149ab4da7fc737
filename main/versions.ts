import { app } from "electron";

/** What the application is made of, and what it runs on. */
export function versions() {
  const { electron, chrome: chromium, node } = process.versions;
  return { version: app.getVersion(), electron, chromium, node, platform: `${process.platform} ${process.arch}` };
}
