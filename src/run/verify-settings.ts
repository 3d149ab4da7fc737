import type { RunEventBody } from "../contract/run-event.ts";
import { StationError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";
import { encodeWireText } from "../core/wire-text.ts";
import { readSetting } from "../modem/settings-shell.ts";
import type { ShellPort } from "../modem/shell-port.ts";

/**
 * Reads the settings back through the board's shell and compares them with what they must be; tells each that is.
 * @throws StationError run.setting-different with the name; at.*, link.*
 */
export async function verifyBoardSettings(
  shell: ShellPort,
  settings: ReadonlyMap<string, string>,
  tell: (body: RunEventBody) => void,
): Promise<void> {
  for (const [key, value] of settings) {
    const wanted = encodeWireText(value);
    const found = (await readSetting(shell, key)) ?? new Uint8Array();
    if (found.length === wanted.length && found.every((byte, index) => byte === wanted[index])) {
      tell({ type: "note", level: "info", text: "a setting is as it should be", facts: { key } });
      continue;
    }
    const facts = { key, expected: quantity(wanted.length, "bytes"), found: quantity(found.length, "bytes") };
    throw new StationError("run.setting-different", "the board gives back another setting than was written", facts);
  }
}
