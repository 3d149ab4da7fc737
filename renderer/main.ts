import { z } from "zod";
import type { DesktopApi } from "../src/contract/desktop.ts";
import { mountStation } from "./mount.ts";

declare global {
  interface Window {
    /** Given by the preload. */
    readonly station: DesktopApi;
  }
}

// The content security policy forbids making code out of text.
z.config({ jitless: true });
mountStation(window.station);
