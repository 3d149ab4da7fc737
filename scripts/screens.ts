// Shows the window over a fake station in a real Electron and saves what it paints:
//   node scripts/screens.ts OUT_DIR [SCENE …] [--language=de] [--size=1280x800]
// Under Linux it wants a display: `xvfb-run -a node scripts/screens.ts screens`.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { build as bundle } from "esbuild";
import { build } from "vite";
import type { ScreensJob } from "../test/screens/job.ts";
import { ROOT } from "./bundle.ts";
import { electronProgram, electronRuntime } from "./electron-runtime.ts";

const SCENES = ["ready-8", "finished-8", "running-8", "running-32", "running-128", "states-8"];
/** Screens besides the line, with their places and what is pressed there. */
const PLACES: Readonly<Record<string, { readonly hash: string; readonly run: string }>> = {
  history: {
    hash: "#/history",
    run: `document.querySelector("[role=grid]").dispatchEvent(new KeyboardEvent("keydown", { key: "PageDown" }))`,
  },
  fixtures: {
    hash: "#/fixtures",
    run: `document.querySelector("[data-fixture=fx-03]").click(); setTimeout(() => document.querySelector("[data-cell=A2]").click(), 800)`,
  },
  "fixtures-learning": {
    hash: "#/fixtures",
    run: `document.querySelector("[data-new]").click(); setTimeout(() => document.querySelector("[data-learn-all]").click(), 500)`,
  },
  recipes: { hash: "#/recipes", run: "0" },
  "recipes-problems": { hash: "#/recipes", run: `document.querySelector("[data-recipe=asset-tracker]").click()` },
  "recipes-revision": {
    hash: "#/recipes",
    run: `document.querySelector(".head .actions .button").click()`,
  },
  report: { hash: "#/report", run: "0" },
  service: {
    hash: "#/service",
    run: `document.querySelector("[data-profile=nrf-cloud]").click(); setTimeout(() => document.querySelector("[data-run-test]").click(), 400)`,
  },
  "service-key": {
    hash: "#/service",
    run: `document.querySelector("[data-profile=nrf-cloud]").click(); setTimeout(() => document.querySelector("[data-duplicate]").click(), 400); setTimeout(() => document.querySelector("[data-enter-key]").click(), 1200)`,
  },
  unit: {
    hash: "#/history",
    run: `document.querySelectorAll(".chip")[1].click(); setTimeout(() => document.querySelector("[role=grid] [role=rowgroup] [role=row]").click(), 1500)`,
  },
};
/** Presses the choice of the whole line, which is there once it is known that there is a central database. */
const WHOLE_LINE = `setTimeout(() => document.querySelectorAll("[data-source] button")[1].click(), 1000)`;
/** The screens of a station on a line that others share. */
const SHARED: typeof PLACES = {
  "shared-line": { hash: "#/", run: "0" },
  "shared-history": { hash: "#/history", run: WHOLE_LINE },
  "shared-report": {
    hash: "#/report",
    run: `${WHOLE_LINE}; setTimeout(() => document.querySelector(".nothing .button")?.click(), 1500)`,
  },
  "shared-settings": {
    hash: "#/settings",
    run: `setTimeout(() => document.querySelector("[data-line-card]").scrollIntoView(), 500)`,
  },
};
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    language: { type: "string", default: "en" },
    size: { type: "string", default: "1440x900" },
    // JSON: scripts to run in each page first, [{ "run": "…", "wait": ms }]
    script: { type: "string" },
  },
});
const [out = "screens", ...wanted] = positionals;
const [width = 1440, height = 900] = values.size.split("x").map(Number);
const script =
  values.script === undefined
    ? []
    : (JSON.parse(readFileSync(values.script, "utf8")) as ScreensJob["shots"][number]["script"]);

const root = mkdtempSync(join(tmpdir(), "station-screens-"));
try {
  await build({
    configFile: join(ROOT, "vite.renderer.config.ts"),
    logLevel: "error",
    build: { outDir: root, rolldownOptions: { input: join(ROOT, "renderer/dev/index.html") } },
  });
  const painter = join(root, "paint.mjs");
  await bundle({
    ...{ entryPoints: [join(ROOT, "test/screens/paint.ts")], outfile: painter, bundle: true },
    ...{ format: "esm", platform: "node", external: ["electron"], logLevel: "error" },
  });
  mkdirSync(out, { recursive: true });
  const job: ScreensJob = {
    root,
    out: resolve(out),
    shots: (wanted.length > 0 ? wanted : [...SCENES, ...Object.keys(PLACES), ...Object.keys(SHARED)]).flatMap((scene) =>
      ["light", "dark"].map((theme) => {
        const place = PLACES[scene] ?? SHARED[scene];
        const name = place === undefined ? `line-${scene}-${theme}` : `${scene}-${theme}`;
        const query = `scene=${scene.replace("shared-", "")}&theme=${theme}&language=${values.language}${scene in SHARED ? "&line" : ""}${place?.hash ?? ""}`;
        const pressed =
          place === undefined ? [] : [{ run: place.run, wait: scene.startsWith("service") ? 5000 : 3000 }];
        return { name, query, width, height, script: [...pressed, ...script] };
      }),
    ),
  };
  const file = join(root, "job.json");
  writeFileSync(file, JSON.stringify(job));
  const env = { ...process.env, SCREENS_JOB: file };
  const args = ["--no-sandbox", "--disable-gpu", painter];
  const { status } = spawnSync(electronProgram(electronRuntime().dist), args, { stdio: "inherit", env });
  process.exitCode = status ?? 1;
} finally {
  rmSync(root, { recursive: true, force: true });
}
