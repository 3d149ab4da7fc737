import type { CommandState } from "../cloud/owner-answer.ts";
import type { RunId } from "../core/ids.ts";

const NAME = "provisioning-station";

/** How the station knows its own commands in a unit's queue again: by the beginning of the description that it wrote. */
export class QueueMark {
  readonly #station: string;
  /** `provisioning-station <station id> <run id>`. */
  readonly text: string;

  constructor(station: string, run: RunId) {
    this.#station = `${NAME} ${station} `;
    this.text = `${this.#station}${run}`;
  }

  /** The description of the command at a place of the recipe, from 1 on. */
  describe(place: number): string {
    return `${this.text} #${place}`;
  }

  /** Whether this station queued the command, in this run or in an earlier one. */
  isOwn({ description }: Pick<CommandState, "description">): boolean {
    return description?.startsWith(this.#station) ?? false;
  }

  /** The place that this run queued the command for; undefined for every other command. */
  placeOf({ description }: Pick<CommandState, "description">): number | undefined {
    const place = /^#(\d{1,4})$/.exec(description?.slice(this.text.length + 1) ?? "")?.[1];
    return place !== undefined && description?.startsWith(`${this.text} `) === true ? Number(place) : undefined;
  }
}
