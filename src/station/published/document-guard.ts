import { MAIN_FILE, type PublishedKind } from "../../contract/line-publication.ts";
import { recipeName } from "../../contract/recipe.ts";
import { StationError } from "../../core/error.ts";
import type { StationFiles } from "../batch-plan.ts";
import { coversFixture, coversRecipe } from "./covers.ts";
import type { PublishedCopy, PublishedShelf } from "./published-shelf.ts";

/** What a station may start, by what engineers have signed. */
export interface StartGuard {
  /** Passes when the station may run these files as they are in its memory. @throws StationError line.document-* */
  requireCovered(files: StationFiles): Promise<void>;
}

/** What the rule of a line says about documents that nobody has signed. */
export type DocumentRule = {
  /** Whether nothing starts that no trusted publication covers. */
  readonly require: boolean;
};

/**
 * Lets nothing start that was withdrawn, nothing of the line's that is not as it was signed, and with `require` nothing else that
 * is not signed. Asked at each start about what is in memory: whatever happens to files in between, it is not run unsigned.
 * Simulated trays have no fixture that anybody could sign, and touch no unit: they start.
 */
export class DocumentGuard implements StartGuard {
  readonly #shelf: PublishedShelf;
  readonly #rule: DocumentRule;

  constructor(shelf: PublishedShelf, rule: DocumentRule) {
    this.#shelf = shelf;
    this.#rule = rule;
  }

  async requireCovered(files: StationFiles): Promise<void> {
    if (files.simulated === true) return;
    const { recipe } = files.recipe;
    await this.#require("recipe", recipe.product, files.published?.recipe === true, recipeName(recipe), (copy, text) =>
      coversRecipe(copy.verified.statement, text, files),
    );
    const { fixture } = files;
    await this.#require("fixture", fixture.name, files.published?.fixture === true, fixture.name, (_copy, text) =>
      coversFixture(text, fixture),
    );
  }

  async #require(
    kind: PublishedKind,
    name: string,
    ofLine: boolean,
    document: string,
    covers: (copy: PublishedCopy, text: string) => boolean,
  ): Promise<void> {
    let withdrawn: PublishedCopy | undefined;
    let damage: unknown;
    for (const copy of await this.#shelf.copies(kind)) {
      if (copy.verified.statement.name !== name) continue;
      try {
        const text = (await this.#shelf.read(copy)).get(MAIN_FILE[kind]);
        if (text === undefined || !covers(copy, Buffer.from(text).toString("utf8"))) continue;
        if (copy.withdrawn === undefined) return;
        withdrawn = copy;
      } catch (error) {
        damage = error;
      }
    }
    if (withdrawn !== undefined) throw withdrawnError(withdrawn);
    if (!this.#rule.require && !ofLine) return;
    const what = `the ${kind} is not covered by any signature that this station trusts`;
    throw new StationError("line.document-unsigned", what, { [kind]: document }, { cause: damage });
  }
}

function withdrawnError({ verified, withdrawn }: PublishedCopy): StationError {
  const { name, revision, sha256 } = verified.statement;
  const facts = { document: name, revision, sha256, reason: withdrawn?.reason ?? "" };
  return new StationError("line.document-withdrawn", "the document was withdrawn", facts);
}
