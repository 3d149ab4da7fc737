import { mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { syncFolder, writeDurably } from "../audit/durable-file.ts";
import type { Question } from "../contract/question.ts";
import type { Clock } from "../core/clock.ts";
import { StationError } from "../core/error.ts";
import { isoTime } from "../core/iso-time.ts";
import { fileError, readTextFile } from "./files/text-file.ts";
import type { AnswerOne } from "./run-desk.ts";

/** A unit's attestation token for a claim later on. */
type KeptToken = Omit<Extract<Question, { kind: "keep-token" }>, "kind">;

/** Some hundred thousand units; longer files are refused. */
const LARGEST = 67_108_864;
/** Tokens are credentials: nobody else reads them. */
const PRIVATE = 0o600;

/** The name that the vendor's tools give the file (peers.md 4.3). */
export const TOKEN_FILE_NAME = "attestation_tokens.csv";

/**
 * The station's file of gathered attestation tokens, as the vendor's tools read and write it (peers.md 4.3): a line
 * `imei,uuid,token,time` for each unit, without a heading. The newest token of a unit takes the place of the older one.
 */
export class TokenFile {
  readonly path: string;
  readonly #clock: Clock;
  #turn: Promise<void> = Promise.resolve();

  constructor(path: string, clock: Clock) {
    this.path = path;
    this.#clock = clock;
  }

  /** Keeps a token; it is on the disk when this resolves. @throws StationError station.tokens-unwritable */
  keep(token: KeptToken): Promise<void> {
    const kept = this.#turn.then(() => this.#keep(token));
    this.#turn = kept.catch(() => undefined);
    return kept;
  }

  async #keep({ imei, uuid, token }: KeptToken): Promise<void> {
    try {
      await mkdir(dirname(this.path), { recursive: true });
      const lines = await this.#lines();
      const line = `${imei},${uuid},${token},${vendorTime(isoTime(this.#clock.now()))}\n`;
      const others = lines.filter((other) => other.endsWith("\n") && uuidOf(other) !== uuid);
      if (lines.length > 0 && others.length === lines.length) await append(this.path, line);
      else await writeDurably(this.path, [...others, line].join(""), PRIVATE);
    } catch (error) {
      const cause = fileError(error, this.path);
      throw new StationError("station.tokens-unwritable", "the token file cannot be written", cause.facts, { cause });
    }
  }

  /** The lines that are there, each with its end; a line that a power cut tore has none. */
  async #lines(): Promise<readonly string[]> {
    try {
      const { text } = await readTextFile(this.path, LARGEST);
      return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
    } catch (error) {
      if (error instanceof StationError && error.code === "file.missing") return [];
      throw error;
    }
  }
}

/** Answers `keep-token` questions of runs by the file. */
export function tokenDesk(file: TokenFile): AnswerOne {
  return async (question) => {
    if (question.kind !== "keep-token")
      throw new StationError("station.not-set-up", "the token file answers no such question", {
        question: question.kind,
      });
    await file.keep(question);
    return { kind: "token-kept" };
  };
}

async function append(path: string, line: string): Promise<void> {
  const handle = await open(path, "a", PRIVATE);
  try {
    await handle.chmod(PRIVATE);
    await handle.writeFile(line);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await syncFolder(dirname(path));
}

/** The device UUID of a line, the second field, as written by this station or by the vendor's tools. */
function uuidOf(line: string): string | undefined {
  return line.split(",")[1]?.replaceAll('"', "").trim().toLowerCase();
}

/** ISO 8601 in UTC as the vendor's tools write it: microseconds and an offset. */
function vendorTime(iso: string): string {
  return iso.replace(/(\.\d{3})Z$/, "$1000+00:00");
}
