const LONGEST = 48;
/** Commands whose bare parameters are secret: PINs and passwords. */
const WITH_PINS = /^AT[+%](?:CPIN|CLCK|CPWD|CPINR|CGAUTH|XSUDO|KEYINJECT|XPMNG)=/i;

/**
 * A command as it may appear in facts and messages: its name and leading plain parameters; quoted values, PINs and long
 * strings are cut off and shown as `…`.
 */
export function commandLabel(command: string): string {
  const pins = WITH_PINS.exec(command);
  if (pins !== null) return `${pins[0]}…`;
  const kept = /^[A-Za-z0-9+%#=?,;.:_* -]*/.exec(command)?.[0] ?? "";
  const long = /[A-Za-z0-9_-]{25,}/.exec(kept);
  const short = kept.slice(0, Math.min(LONGEST, long?.index ?? LONGEST));
  return short.length === command.length ? short : `${short}…`;
}
