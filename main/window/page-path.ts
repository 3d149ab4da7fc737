import { join } from "node:path";
import { isOwnPage } from "../ipc/trusted-sender.ts";

/** Types of the files that the pages are made of; others are not served. */
const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".woff2": "font/woff2",
  ".wav": "audio/wav",
  ".ogg": "audio/ogg",
};

/** A file to serve. */
export type PageFile = { readonly path: string; readonly type: string };

/**
 * The file that an address of the pages names, below `folder`; undefined when it names none. Every segment must be a plain
 * name: nothing leads out of the folder, whatever its encoding.
 */
export function pageFile(folder: string, address: string): PageFile | undefined {
  if (!isOwnPage(address)) return undefined;
  const { pathname } = new URL(address);
  const names = (pathname === "/" ? "/index.html" : pathname).slice(1).split("/");
  if (names.length > 8 || !names.every((name) => /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}$/.test(name))) return undefined;
  const last = names.at(-1) ?? "";
  const type = TYPES[last.slice(last.lastIndexOf("."))];
  return type === undefined ? undefined : { path: join(folder, ...names), type };
}
