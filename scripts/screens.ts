// Shows the window over a fake station in a real Electron and saves what it paints:
//   node scripts/screens.ts OUT_DIR [SCENE …]
// Under Linux it wants a display: `xvfb-run -a node scripts/screens.ts /tmp/screens`.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { build } from "vite";
import { ROOT } from "./bundle.ts";
import { electronProgram, electronRuntime } from "./electron-runtime.ts";

const SHOTS = ["ready-8", "finished-8", "running-8", "running-32", "running-128", "states-8"];
const [out = "screens", ...wanted] = process.argv.slice(2);
const scenes = wanted.length > 0 ? wanted : SHOTS;
const shots = scenes.flatMap((scene) =>
  (["light", "dark"] as const).map((theme) => ({
    ...{ name: `line-${scene}-${theme}`, query: `scene=${scene}&theme=${theme}`, width: 1440, height: 900 },
  })),
);

const root = mkdtempSync(join(tmpdir(), "station-screens-"));
try {
  await build({
    configFile: join(ROOT, "vite.renderer.config.ts"),
    logLevel: "warn",
    build: { outDir: root, rolldownOptions: { input: join(ROOT, "renderer/dev/index.html") } },
  });
  mkdirSync(out, { recursive: true });
  const job = join(root, "job.json");
  writeFileSync(job, JSON.stringify({ root, out: resolve(out), shots }));
  const args = ["--no-sandbox", "--disable-gpu", join(ROOT, "test/screens/paint.mjs")];
  const env = { ...process.env, SCREENS_JOB: job };
  const { status } = spawnSync(electronProgram(electronRuntime().dist), args, { stdio: "inherit", env });
  process.exitCode = status ?? 1;
} finally {
  rmSync(root, { recursive: true, force: true });
}
