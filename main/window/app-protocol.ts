import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { protocol, type Session } from "electron";
import { contentPolicy, withNonce } from "./content-policy.ts";
import { pageFile } from "./page-path.ts";

/** Must be called before the application is ready. */
export function registerScheme(): void {
  // Compiled code is kept: a window that is reloaded while every worker is busy is back sooner.
  const privileges = { standard: true, secure: true, supportFetchAPI: true, codeCache: true };
  protocol.registerSchemesAsPrivileged([{ scheme: "app", privileges }]);
}

/** Serves the pages of `folder` under `app://station/`; everything else is not there. */
export function servePages(session: Session, folder: string): void {
  const nonce = randomBytes(16).toString("base64");
  const headers = {
    "content-security-policy": contentPolicy(nonce),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
  };
  const notThere = (): Response => new Response("not found", { status: 404, headers });
  session.protocol.handle("app", async ({ url, method }) => {
    const file = method === "GET" ? pageFile(folder, url) : undefined;
    if (file === undefined) return notThere();
    try {
      const content = await readFile(file.path);
      const body = file.path.endsWith(".html") ? withNonce(content.toString("utf8"), nonce) : new Uint8Array(content);
      return new Response(body, { headers: { ...headers, "content-type": file.type } });
    } catch {
      return notThere();
    }
  });
}
