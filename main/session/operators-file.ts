import { readFileSync, statSync } from "node:fs";
import { StationError } from "../../src/core/error.ts";
import { quantity } from "../../src/core/fact.ts";
import { KeptFile } from "../desk/kept-file.ts";
import { checked, KeptListSchema, NO_OPERATORS, type KeptList } from "./operator-list.ts";

/** Far more than the longest list takes, in bytes. */
const LARGEST = 1_048_576;

/** The list of operators in a file of its own, which nobody but the station's user may read. */
export class OperatorsFile {
  readonly #file: KeptFile<KeptList>;

  private constructor(path: string, list: KeptList) {
    this.#file = new KeptFile(path, list, {
      mode: 0o600,
      refused: (file, cause) =>
        new StationError("operators.kept", "the list of operators cannot be written", { file }, { cause }),
    });
  }

  /**
   * Reads the list once; where there is no file nobody is entered. A damaged file is refused: taken for an empty one, it
   * would make everybody an engineer.
   * @throws StationError operators.file
   */
  static open(path: string): OperatorsFile {
    return new OperatorsFile(path, readList(path));
  }

  get current(): KeptList {
    return this.#file.current;
  }

  /** Changes the list, one change after the other, and keeps it on the disk. @throws StationError of `change`; operators.kept: nothing has changed then */
  change(change: (list: KeptList) => KeptList): Promise<KeptList> {
    return this.#file.change(change);
  }
}

function readList(file: string): KeptList {
  try {
    const size = statSync(file).size;
    if (size > LARGEST) throw damaged(file, { limit: quantity(LARGEST, "bytes"), size: quantity(size, "bytes") });
    return parseList(file, readFileSync(file, "utf8"));
  } catch (error) {
    if (error instanceof StationError) throw error;
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return NO_OPERATORS;
    throw damaged(file, { problem: "it cannot be read" }, error);
  }
}

function parseList(file: string, text: string): KeptList {
  const known = KeptListSchema.safeParse(parseJson(file, text));
  if (!known.success) {
    const [issue] = known.error.issues;
    const field = issue?.path.map(String).join(".").slice(0, 200) ?? "";
    throw damaged(file, { field, problem: issue?.message.slice(0, 200) ?? "" });
  }
  if (known.data.operators.length === 0) return known.data;
  try {
    return checked(known.data);
  } catch (error) {
    throw damaged(file, { problem: "the list breaks the rules for operators" }, error);
  }
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own error repeats a piece of the text.
    throw damaged(file, { problem: "it is not JSON" });
  }
}

function damaged(file: string, facts: StationError["facts"], cause?: unknown): StationError {
  const options = cause === undefined ? {} : { cause };
  return new StationError("operators.file", "the list of operators is damaged", { file, ...facts }, options);
}
