import { defineConfig } from "@playwright/test";

export default defineConfig({
  testDir: ".",
  testMatch: "*.spec.ts",
  testIgnore: "pictures.spec.ts",
  outputDir: "../../dist/test-results",
  // Each application runs a worker process per slot: two at a time are enough for two cores.
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  timeout: 180_000,
  expect: { timeout: 60_000 },
  reporter: [["list"], ["json", { outputFile: "../../dist/test-results/e2e.json" }]],
});
