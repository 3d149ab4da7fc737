import { z } from "zod";
import { GOLDEN_HOURS } from "../../src/contract/desktop-golden.ts";
import { GoldenReferenceSchema, type GoldenReference } from "../../src/contract/proof.ts";
import { StationError } from "../../src/core/error.ts";
import type { GoldenRule } from "../../src/station/golden-unit.ts";
import { KeptFile, readKept } from "./kept-file.ts";

const KeptGoldenSchema = z.strictObject({
  everyHours: z.int().min(GOLDEN_HOURS.least).max(GOLDEN_HOURS.most).nullable(),
  reference: GoldenReferenceSchema.exactOptional(),
});
type KeptGolden = z.output<typeof KeptGoldenSchema>;

const NOTHING: KeptGolden = { everyHours: null };

/** The golden unit's reference and how often it must be checked, in a file of their own. */
export class GoldenFile {
  readonly #file: KeptFile<KeptGolden>;

  constructor(path: string) {
    this.#file = new KeptFile(path, readKept(path, KeptGoldenSchema, NOTHING), {
      refused: (file, cause) =>
        new StationError("station.golden-unwritable", "the golden unit cannot be written", { file }, { cause }),
    });
  }

  get reference(): GoldenReference | undefined {
    return this.#file.current.reference;
  }

  get everyHours(): number | null {
    return this.#file.current.everyHours;
  }

  /** What the station asks for before production; undefined: nothing. */
  readonly rule = (): GoldenRule | undefined => {
    const { everyHours, reference } = this.#file.current;
    return everyHours === null ? undefined : { everyHours, reference };
  };

  /** @throws StationError station.golden-unwritable: nothing has changed then */
  async learn(reference: GoldenReference): Promise<void> {
    await this.#file.change((kept) => ({ ...kept, reference }));
  }

  /** @throws StationError station.golden-unwritable: nothing has changed then */
  async require(everyHours: number | null): Promise<void> {
    await this.#file.change((kept) => ({ ...kept, everyHours }));
  }
}
