import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vite";
import vuetify from "vite-plugin-vuetify";
import { licences } from "./scripts/licences.ts";

/** How the window's pages are built. */
export default defineConfig({
  root: `${import.meta.dirname}/renderer`,
  base: "./",
  plugins: [vue(), vuetify(), licences()],
  build: {
    ...{ target: "chrome130", outDir: "../dist/renderer", emptyOutDir: true, assetsInlineLimit: 0 },
    // In kB: the page is read from the disk, in one piece.
    chunkSizeWarningLimit: 4096,
  },
});
