/** A key and what `help.keys.<what>` says it does. */
export type HelpKey = { readonly keys: readonly string[]; readonly what: string };

const key = (what: string, ...keys: readonly string[]): HelpKey => ({ keys, what });

const EVERYWHERE: readonly HelpKey[] = [
  key("screens", "Alt", "1 … 8"),
  key("scan", "F2"),
  key("search", "Ctrl", "F"),
  key("stop", "Esc"),
  key("print", "Ctrl", "P"),
  key("help", "F1"),
];

const OF_SCREEN: Readonly<Record<string, readonly HelpKey[]>> = {
  line: [
    key("accept", "Enter"),
    key("start", "Ctrl", "Enter"),
    key("tray", "↑ ↓ ← →"),
    key("openTile", "Enter"),
    key("next", "N"),
    key("previous", "Shift", "N"),
    key("retry", "R"),
  ],
  history: [key("rows", "↑ ↓"), key("pages", "Page ↑ ↓"), key("openRow", "Enter")],
};

/** The keys of a screen, its own first. */
export function keysOf(screen: string): readonly HelpKey[] {
  return [...(OF_SCREEN[screen] ?? []), ...EVERYWHERE];
}

/** The lights of the tray, as the Line and History show them. */
export const LIGHTS = ["empty", "scan", "ready", "running", "pass", "fail", "error", "aborted"] as const;

/** Screens whose rows and tiles have lights. */
export const LIT: readonly string[] = ["line", "history", "unit"];
