import { app, type Session, type WebContents } from "electron";
import { isOwnPage } from "../ipc/trusted-sender.ts";

/** Denies every permission, every download and every address that is not the station's own. */
export function lockSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.on("will-download", (event) => event.preventDefault());
  session.webRequest.onBeforeRequest((details, decide) => {
    const { url } = details;
    // The developer tools, where they are open, are pages of their own.
    const inside = isOwnPage(url) || /^(devtools|data|blob):/.test(url);
    decide({ cancel: !inside });
  });
}

/** Denies navigation, new windows and embedded pages to every page there will be. */
export function lockPages(): void {
  app.on("web-contents-created", (_event, contents) => lockPage(contents));
}

function lockPage(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: "deny" }));
  contents.on("will-navigate", (event) => event.preventDefault());
  contents.on("will-frame-navigate", (event) => event.preventDefault());
  contents.on("will-redirect", (event) => event.preventDefault());
  contents.on("will-attach-webview", (event) => event.preventDefault());
}
