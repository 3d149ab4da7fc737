import { z } from "zod";
import type { LineStart } from "../../src/audit/outbox.ts";
import { LineConflictSchema } from "../../src/contract/desktop-line.ts";
import { StationError } from "../../src/core/error.ts";
import { KeptFile, readKept } from "../desk/kept-file.ts";
import type { SeenConflict } from "./unseen-conflicts.ts";

const ChoiceSchema = z.strictObject({
  /** Path of the line file; `null`: the station works for itself. */
  file: z.string().min(1).max(4096).nullable(),
  /** What was recorded before the station joined stays with it. */
  fromNow: z.boolean().default(false),
  /** The newest conflict that was seen. */
  seen: LineConflictSchema.pick({ run: true, what: true }).exactOptional(),
});
type Choice = z.output<typeof ChoiceSchema>;

/** Which line the station shares, in a file of its own; one that is damaged or of another form counts as untouched. */
export class LineChoiceFile {
  readonly #file: KeptFile<Choice>;

  constructor(path: string) {
    this.#file = new KeptFile(path, readKept(path, ChoiceSchema, { file: null, fromNow: false }), {
      refused: (file, cause) =>
        new StationError("desktop.configuration", "the choice of the line cannot be written", { file }, { cause }),
    });
  }

  /** Path of the line file; `null`: none. */
  get file(): string | null {
    return this.#file.current.file;
  }

  /** The newest conflict that was seen; undefined: none. */
  get lastSeen(): SeenConflict | undefined {
    return this.#file.current.seen;
  }

  /** What becomes of the events that are there when the database joins a line; undefined: it joins none. */
  get start(): LineStart | undefined {
    const { file, fromNow } = this.#file.current;
    if (file === null) return undefined;
    return fromNow ? "from-now" : "everything";
  }

  /** @throws StationError desktop.configuration: nothing has changed then */
  async choose(file: string | null, fromNow = false): Promise<void> {
    await this.#file.change((choice) => ({ ...choice, file, fromNow }));
  }

  /** @throws StationError desktop.configuration: nothing has changed then */
  async seen({ run, what }: SeenConflict): Promise<void> {
    await this.#file.change((choice) => ({ ...choice, seen: { run, what } }));
  }
}
