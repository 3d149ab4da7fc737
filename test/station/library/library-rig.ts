import { cpSync } from "node:fs";
import { join, relative } from "node:path";
import type { DocumentKind } from "../../../src/contract/desktop-library.ts";
import { Library } from "../../../src/station/library/library.ts";
import type { TempFolder } from "../files/temp-folder.ts";

/** The folder of what comes with the station. */
export const RESOURCES = join(import.meta.dirname, "../../../resources");

export const RECIPE = `# Ours.
recipe: 1
product: Board
revision: "1"
commands:
  - finished: {}
`;

export const FIXTURE = `fixture: 1
name: Tray
rows: 1
columns: 1
slots: [{ slot: 1, row: 1, column: 1, port: { tcp: "127.0.0.1:4001" } }]
`;

/** Of the recipes that come with the station these specs know one. */
const OTHERS = /^icons|^recipes[\\/](?!training)/;

/** A library over a folder of the test; `used` holds what the line works with, `recorded` the contents that runs had by name. */
export class LibraryRig {
  readonly used = new Set<string>();
  readonly recorded = new Map<string, readonly string[]>();
  readonly library: Library;

  constructor(folder: TempFolder) {
    const builtIn = folder.path("built-in");
    cpSync(RESOURCES, builtIn, { recursive: true, filter: (path) => !OTHERS.test(relative(RESOURCES, path)) });
    this.library = new Library({
      ...{ own: folder.path("data"), builtIn, environment: {} },
      born: [{ kind: "fixture", id: "training-tray", text: () => FIXTURE }],
      inUse: (kind: DocumentKind, id) => this.used.has(`${kind} ${id}`),
      recorded: async (name) => this.recorded.get(name) ?? [],
    });
  }
}
