/** A shell prompt at the start of a line, as Zephyr's shells print it: `uart:~$ `, `mosh:~$ ` (protocol.md 11). */
const PROMPT = /^(?:[A-Za-z0-9_-]{1,24}:~[$#] ?)+/;
const WHOLE_PROMPT = /^(?:[A-Za-z0-9_-]{1,24}:~[$#] ?)+$/;

/** A complete quoted value, or one of what terminals add: colour and cursor sequences, single escapes, control bytes. */
const DECORATION =
  // eslint-disable-next-line no-control-regex -- control bytes are what is looked for
  /("[^"]*(?:"|$))|\u001b\[[0-?]*[ -/]*[@-~]|\u001b[@-Z\\-_7-9=>a-z]?|[\u0000-\u0008\u000b-\u001f\u007f]/g;
// eslint-disable-next-line no-control-regex -- as above
const MAY_BE_DECORATED = /[\u0000-\u0008\u000b-\u001f\u007f]/;

/**
 * A line without what the firmware between modem and wire adds to it: ANSI sequences, NUL and other control bytes, and
 * shell prompts at its start. Quoted values are kept exactly (at.md 1 and 4).
 */
export function cleanLine(text: string): string {
  return withoutDecoration(text).replace(PROMPT, "");
}

/** Whether the text, cleaned of colour codes, is nothing but a shell prompt. */
export function isPrompt(text: string): boolean {
  return WHOLE_PROMPT.test(withoutDecoration(text));
}

function withoutDecoration(text: string): string {
  if (!MAY_BE_DECORATED.test(text)) return text;
  return text.replace(DECORATION, (_match, quoted: string | undefined) => quoted ?? "");
}
