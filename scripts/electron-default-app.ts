/** The application that an Electron without one of its own starts with: it loads the one that the first plain argument names. */
export const DEFAULT_APP = `import { readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { app } from "electron";

const args = process.argv.slice(1);
let target;
let used = 0;
while (used < args.length && target === undefined) {
  const arg = args[used++];
  if (arg === "-r" || arg === "--require") createRequire(import.meta.url)(resolve(args[used++]));
  else if (!arg.startsWith("-")) target = resolve(arg);
}
if (target === undefined) {
  console.error("usage: electron PATH");
  app.exit(1);
} else {
  process.argv.splice(1, used, target);
  let entry = target;
  if (statSync(target).isDirectory()) {
    const manifest = JSON.parse(readFileSync(join(target, "package.json"), "utf8"));
    entry = resolve(target, manifest.main ?? "index.js");
    app.setAppPath(target);
    if (manifest.version) app.setVersion(manifest.version);
    app.name = manifest.productName ?? manifest.name ?? app.name;
    app.setPath("userData", join(app.getPath("appData"), app.name));
  }
  await import(pathToFileURL(entry).href);
}
`;
