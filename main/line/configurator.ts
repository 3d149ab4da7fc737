import {
  DEFAULT_CONFIGURATION,
  type Configuration,
  type ConfigurationAnswer,
  type Override,
  type TrainingNumbers,
} from "../../src/contract/desktop-configuration.ts";
import type { DocumentKind } from "../../src/contract/desktop-library.ts";
import type { StationError } from "../../src/core/error.ts";
import { asStationError } from "../../src/core/error.ts";
import type { Options } from "../options.ts";
import type { ConfigurationFile } from "./configuration-file.ts";
import { uses, wantsService, wantsTray, type DocumentChoice, type LineChoice } from "./line-choice.ts";
import type { StationLine } from "./station-line.ts";

/** What the switches of this start set in place of what is kept. */
export type Overrides = Pick<Options, "recipe" | "fixture" | "profile" | "units" | "latency">;

type Change = Partial<Pick<Configuration, DocumentKind | "training">>;

/** Decides what the line works with: what is kept, with what the switches of this start set on top. */
export class Configurator {
  readonly #file: ConfigurationFile;
  #overrides: Overrides;
  #line: StationLine | undefined;
  #fallback: StationError | undefined;

  constructor(file: ConfigurationFile, overrides: Overrides) {
    this.#file = file;
    this.#overrides = overrides;
  }

  /** Why the line works with the training tray although something else is kept; undefined: it does not. */
  get fallback(): StationError | undefined {
    return this.#fallback;
  }

  /**
   * Opens the line. Where what is kept cannot be opened any more, the training tray takes its place: a station that does not open
   * could not be repaired from its window.
   * @throws StationError where a switch names what cannot be opened, or nothing can
   */
  async open(openLine: (choice: LineChoice) => Promise<StationLine>): Promise<StationLine> {
    try {
      this.#line = await openLine(this.#choice(this.#file.kept));
    } catch (error) {
      const { recipe, fixture, profile } = this.#overrides;
      if (recipe !== undefined || fixture !== undefined || profile !== undefined) throw error;
      this.#line = await openLine(this.#choice({ ...DEFAULT_CONFIGURATION, training: this.#file.kept.training }));
      this.#fallback = asStationError(error);
    }
    return this.#line;
  }

  /** Whether the line works with a document of the library now. */
  inUse(kind: DocumentKind, id: string): boolean {
    return this.#line !== undefined && uses(this.#line.choice, kind, id);
  }

  /** What is kept and what is in force. */
  answer(): ConfigurationAnswer {
    const { recipe, fixture, profile, training } = this.#file.kept;
    return {
      ...{ recipe, fixture, profile, overridden: [...overriddenBy(this.#overrides)] },
      training: numbersOf(training, this.#overrides),
    };
  }

  /** Makes the line work with a document of the library. @throws StationError as `StationLine.change` */
  choose(kind: DocumentKind, id: string): Promise<void> {
    return this.#apply({ [kind]: id }, without(this.#overrides, kind));
  }

  /** Changes the training tray's numbers. @throws StationError as `StationLine.change` */
  async setTraining(numbers: Partial<TrainingNumbers>): Promise<ConfigurationAnswer> {
    const { training } = this.#file.kept;
    const tray = numbers.modems === undefined ? this.#overrides : without(this.#overrides, "units");
    const overrides = numbers.latency === undefined ? tray : without(tray, "latency");
    await this.#apply({ training: { ...training, ...numbers } }, overrides);
    return this.answer();
  }

  async #apply(change: Change, overrides: Overrides): Promise<void> {
    const line = this.#line;
    if (line === undefined) return;
    const next: Configuration = { ...this.#file.kept, ...change };
    const keep = (kept: Configuration) => () => this.#file.keep(kept);
    const unseen = change.training !== undefined && !concerns(this.#choiceOf(next, overrides), line.choice);
    if (unseen && this.#fallback === undefined) await this.#file.keep(next);
    else await this.#change(line, next, change, overrides, keep);
    this.#overrides = overrides;
    this.#fallback = undefined;
  }

  async #change(
    line: StationLine,
    next: Configuration,
    change: Change,
    overrides: Overrides,
    keep: (kept: Configuration) => () => Promise<void>,
  ): Promise<void> {
    try {
      await line.change(this.#choiceOf(next, overrides), keep(next));
    } catch (error) {
      if (this.#fallback === undefined) throw error;
      // The rest of what is kept cannot be opened: the change counts on top of what is in its place.
      const repaired: Configuration = { ...DEFAULT_CONFIGURATION, training: next.training, ...change };
      await line.change(this.#choiceOf(repaired, overrides), keep(repaired)).catch(() => {
        throw error;
      });
    }
  }

  #choice(configuration: Configuration): LineChoice {
    return this.#choiceOf(configuration, this.#overrides);
  }

  #choiceOf({ recipe, fixture, profile, training }: Configuration, overrides: Overrides): LineChoice {
    const document = (kind: DocumentKind, id: string): DocumentChoice => {
      const file = overrides[kind];
      return file === undefined ? { id } : { file };
    };
    return {
      recipe: document("recipe", recipe),
      fixture: document("fixture", fixture),
      profile: document("profile", profile),
      training: numbersOf(training, overrides),
    };
  }
}

function numbersOf(numbers: TrainingNumbers, overrides: Overrides): TrainingNumbers {
  const { modems, latency } = numbers;
  return { ...numbers, modems: overrides.units ?? modems, latency: overrides.latency ?? latency };
}

/** Whether other numbers of the training mode are of any concern to what the line works with. */
function concerns(next: LineChoice, before: LineChoice): boolean {
  return wantsTray(next) || (wantsService(next) && next.training.transport !== before.training.transport);
}

function without(overrides: Overrides, name: keyof Overrides): Overrides {
  const { [name]: _over, ...rest } = overrides;
  return rest;
}

function overriddenBy({ recipe, fixture, profile, units, latency }: Overrides): readonly Override[] {
  const set = { recipe, fixture, profile, modems: units, latency };
  return (["recipe", "fixture", "profile", "modems", "latency"] as const).filter((name) => set[name] !== undefined);
}
