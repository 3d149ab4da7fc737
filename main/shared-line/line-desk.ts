import { MOST_SHOWN, type LineSettings } from "../../src/contract/desktop-line.ts";
import type { LineFile } from "../../src/contract/line-file.ts";
import { asStationError, reportOf, StationError } from "../../src/core/error.ts";
import type { Secret } from "../../src/core/secret.ts";
import type { Handlers } from "../ipc/handlers.ts";
import type { Central } from "./central.ts";
import type { LineChoiceFile } from "./line-choice-file.ts";
import type { LineSecrets } from "./line-secrets.ts";

/** The system's own dialogs for the line's files; undefined: the person chose none. */
export type LineDialogs = {
  readonly openLineFile: () => Promise<string | undefined>;
  readonly openCredentials: () => Promise<string | undefined>;
};

export type LineDeskParts = {
  readonly choice: LineChoiceFile;
  readonly secrets: LineSecrets;
  readonly central: Central;
  readonly dialogs: LineDialogs;
  /** Reads a line file without what it names. @throws StationError file.* */
  readonly readLine: (path: string) => Promise<LineFile>;
  /** Reads a file with credentials; answers only what are some. @throws StationError file.*, line.credentials */
  readonly readCredentials: (path: string) => Promise<Secret>;
  /** The line file that the station was started with, and why it cannot be used. */
  readonly started: { readonly file: string | null; readonly problem?: StationError };
  /** Shows the conflicts no longer that are shown now. */
  readonly seen: () => Promise<void>;
  /** @throws StationError desktop.line-busy while runs are active */
  readonly requireIdle: () => void;
  /** Starts the application anew. */
  readonly restart: () => void;
};

type LineHandlers = Pick<Handlers, Extract<keyof Handlers, `line.${string}`>>;

/** The requests about the line that stations share. No secret ever goes to the window. */
export function lineHandlers(parts: LineDeskParts): LineHandlers {
  const desk = new LineDesk(parts);
  const { secrets, central, dialogs } = parts;
  return {
    "line.settings": () => desk.settings(),
    "line.choose": async ({ fromNow }) => {
      const file = await dialogs.openLineFile();
      if (file !== undefined) await desk.choose(file, fromNow);
      return desk.settings();
    },
    "line.leave": async () => {
      await desk.choose(null);
      return desk.settings();
    },
    "line.keep-credentials": async ({ keep }) => {
      const file = await dialogs.openCredentials();
      if (file !== undefined) await desk.keepCredentials(file, keep === "unprotected");
      return desk.settings();
    },
    "line.forget-credentials": async () => {
      await secrets.forgetCredentials();
      desk.changed();
      return desk.settings();
    },
    "line.keep-database": async ({ address, keep }) => {
      await central.check(address);
      await secrets.keepDatabase(address, keep === "unprotected");
      await central.renew();
      return desk.settings();
    },
    "line.forget-database": async () => {
      await secrets.forgetDatabase();
      await central.renew();
      return desk.settings();
    },
    "line.stations": async () => {
      const reader = await central.reader();
      return [...(await reader.stations())].slice(0, MOST_SHOWN.stations);
    },
    "line.seen": async () => {
      await parts.seen();
      return null;
    },
    "line.restart": () => {
      parts.requireIdle();
      parts.restart();
      return null;
    },
  };
}

class LineDesk {
  readonly #parts: LineDeskParts;
  #changed = false;

  constructor(parts: LineDeskParts) {
    this.#parts = parts;
  }

  /** Something was set that counts from the next start. */
  changed(): void {
    this.#changed = true;
  }

  async settings(): Promise<LineSettings> {
    const { choice, secrets, started } = this.#parts;
    const { file } = choice;
    const [read, keeping, database] = await Promise.all([this.#read(file), secrets.protection(), secrets.database()]);
    const { line, problem = file === started.file ? started.problem : undefined } = read;
    return {
      ...{ file, keeping, restart: file !== started.file || this.#changed },
      ...(line === undefined ? {} : { name: line.name, servers: [...line.servers] }),
      ...(problem === undefined ? {} : { problem: reportOf(problem) }),
      ...{ credentials: secrets.credentialsFacts(line), database: secrets.databaseFacts() },
      ...(database.problem === undefined ? {} : { databaseProblem: reportOf(database.problem) }),
    };
  }

  /** Takes a line file that can be read. @throws StationError file.*, desktop.configuration */
  async choose(file: string | null, fromNow = false): Promise<void> {
    if (file !== null) await this.#parts.readLine(file);
    await this.#parts.choice.choose(file, fromNow);
    this.changed();
  }

  /** @throws StationError desktop.no-line, file.*, line.credentials, vault.* */
  async keepCredentials(path: string, insist: boolean): Promise<void> {
    const { choice, secrets, readLine, readCredentials } = this.#parts;
    if (choice.file === null) throw new StationError("desktop.no-line", "no line file is chosen");
    const line = await readLine(choice.file);
    await secrets.keepCredentials(await readCredentials(path), line, insist);
    this.changed();
  }

  async #read(file: string | null): Promise<{ readonly line?: LineFile; readonly problem?: StationError }> {
    if (file === null) return {};
    try {
      return { line: await this.#parts.readLine(file) };
    } catch (error) {
      return { problem: asStationError(error) };
    }
  }
}
