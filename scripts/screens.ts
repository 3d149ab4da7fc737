// Shows the window over a fake station in a real Electron and saves what it paints:
//   node scripts/screens.ts OUT_DIR [SCENE[:STEPS] …]
import { spawn } from "node:child_process";
import { join } from "node:path";
import { build } from "vite";
import { ROOT } from "./bundle.ts";
