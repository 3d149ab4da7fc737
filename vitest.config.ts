import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [vue()],
  test: {
    include: ["test/**/*.spec.ts"],
    exclude: ["test/e2e/**"],
    pool: "forks",
    maxWorkers: 2,
    // Against hangs alone: real processes on a busy machine take their time, and no test measures it.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
