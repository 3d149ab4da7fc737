import { atString } from "./at-string.ts";
import type { AtCommand, CommandResponse } from "./command.ts";

/** A credential's place in the modem: security tag and type, as the command spells them. */
export type KeyPlace = { readonly tag: string; readonly type: string };

/**
 * The KEYGEN retry (protocol.md 4.3). The library repeats `%KEYGEN` when the reply did not fit its buffer and deletes the
 * key that the first try left before. Here replies always fit, so the one reason left is a reply that got lost. The key
 * may then exist with its request unknown; a repeat without deleting would be refused as "already exists" (519). It is
 * deleted only if this very list had emptied the place before, so that a key that was there already is never lost.
 * A refusal by the modem, 519 included, is an answer and is never retried. In strict compatibility there is no retry.
 */
export class KeygenRetry {
  readonly #emptied = new Set<string>();

  /** Takes note of a successful command: a delete (or "nothing to delete", 513) empties a place, anything else may fill it. */
  note(command: AtCommand, response: CommandResponse): void {
    const deleted = deletedPlace(command);
    if (deleted !== undefined && response.kind === "at" && provesEmpty(response.message))
      this.#emptied.add(keyOf(deleted));
    const written = writtenPlace(command);
    if (written !== undefined) this.#emptied.delete(keyOf(written));
  }

  /** The AT string that must precede a repeat of this command, or undefined when it must not be repeated. */
  deleteBefore(command: AtCommand): string | undefined {
    const place = keygenPlace(command);
    if (place === undefined || !this.#emptied.has(keyOf(place))) return undefined;
    return `AT%CMNG=3,${place.tag},${place.type}`;
  }
}

function keygenPlace(command: AtCommand): KeyPlace | undefined {
  return placeIn(command, /^AT%KEYGEN=(\d+),(\d+)(?:,|$)/i);
}

function deletedPlace(command: AtCommand): KeyPlace | undefined {
  return placeIn(command, /^AT%CMNG=3,(\d+),(\d+)$/i);
}

function writtenPlace(command: AtCommand): KeyPlace | undefined {
  return keygenPlace(command) ?? placeIn(command, /^AT%CMNG=0,(\d+),(\d+),/i);
}

function placeIn(command: AtCommand, pattern: RegExp): KeyPlace | undefined {
  const match = pattern.exec(atString(command));
  return match?.[1] === undefined || match[2] === undefined ? undefined : { tag: match[1], type: match[2] };
}

function provesEmpty(message: string): boolean {
  return message === "OK\r\n" || message === "+CME ERROR: 513\r\n";
}

function keyOf(place: KeyPlace): string {
  return `${Number(place.tag)},${Number(place.type)}`;
}
