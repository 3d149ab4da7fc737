import type { Answer } from "./answer.ts";
import type { FaultOrder } from "./fault-order.ts";
import { afterCommand, isMoment, NEW_PORT, type PortHistory } from "./fault-moment.ts";

/** The faults of one slot, and which of them strikes next. */
export class FaultPlan {
  readonly #left: Map<FaultOrder, number>;
  #history: PortHistory = NEW_PORT;

  constructor(orders: readonly FaultOrder[]) {
    this.#left = new Map(orders.map((order) => [order, order.times]));
  }

  /** The port was opened anew. */
  opened(): void {
    this.#history = NEW_PORT;
  }

  /** The fault that strikes this command, counted as used; at most one, the first ordered. */
  strike(command: string): FaultOrder | undefined {
    for (const [order, left] of this.#left) {
      if (left < 1 || !isMoment(order.moment, command, this.#history)) continue;
      this.#left.set(order, left - 1);
      return order;
    }
    return undefined;
  }

  /** A command was answered, or would have been. */
  answered(command: string, answer: Answer): void {
    this.#history = afterCommand(this.#history, command, answer);
  }
}
