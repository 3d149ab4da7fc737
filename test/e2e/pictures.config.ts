import { defineConfig } from "@playwright/test";
import specs from "./playwright.config.ts";

/** Takes the pictures of docs/screens: `npm run pictures`. */
export default defineConfig(specs, {
  testMatch: "pictures.spec.ts",
  testIgnore: [],
  workers: 1,
  timeout: 600_000,
  reporter: "list",
});
