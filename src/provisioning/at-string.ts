import { encodeWireText } from "../core/wire-text.ts";
import type { AtCommand } from "./command.ts";

/** The text up to its first NUL: all that the library, which keeps C strings, sees of it. */
export function cString(text: string): string {
  const end = text.indexOf("\0");
  return end < 0 ? text : text.slice(0, end);
}

/**
 * The AT string of a command (protocol.md 4.2): `AT`, name, `=`, parameters. The `=` is always there; name and
 * parameters end at a NUL; nothing is escaped.
 */
export function atString(command: AtCommand): string {
  return `AT${cString(command.command)}=${cString(command.parameters)}`;
}

/** The bytes of a wire text. */
export function wireLength(text: string): number {
  return encodeWireText(text).length;
}
