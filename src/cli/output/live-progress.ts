import type { SlotState } from "../../contract/slot-state.ts";
import { milliseconds } from "../../core/duration.ts";
import type { CommandContext } from "../command.ts";
import { slotLine } from "./slot-line.ts";

const REDRAW = milliseconds(200);
const MOST_LINES = 40;

/** Shows the slots while they run: redrawn in place on a terminal, one line a finished slot elsewhere. */
export class LiveProgress {
  readonly #context: CommandContext;
  readonly #states = new Map<string, SlotState>();
  #drawn = 0;
  #cancel: (() => void) | undefined;

  constructor(context: CommandContext) {
    this.#context = context;
    if (context.terminal) this.#tick();
  }

  /** Takes a slot's new state. */
  update(state: SlotState): void {
    const before = this.#states.get(state.slot);
    this.#states.set(state.slot, state);
    if (!this.#context.terminal && state.kind === "finished" && before?.kind !== "finished")
      this.#context.err(`${slotLine(state, this.#context.clock.now())}\n`);
  }

  /** Draws the last state and stops. */
  close(): void {
    this.#cancel?.();
    if (this.#context.terminal) this.#draw();
  }

  #tick(): void {
    this.#draw();
    this.#cancel = this.#context.clock.after(REDRAW, () => this.#tick());
  }

  #draw(): void {
    const now = this.#context.clock.now();
    const states = [...this.#states.values()];
    const lines = states.slice(0, MOST_LINES).map((state) => slotLine(state, now, this.#context.colours));
    if (states.length > MOST_LINES) lines.push(`… and ${states.length - MOST_LINES} more slots`);
    const up = this.#drawn > 0 ? `\u001b[${this.#drawn}A` : "";
    this.#context.err(`${up}${lines.map((line) => `\u001b[2K${line}\n`).join("")}`);
    this.#drawn = lines.length;
  }
}
