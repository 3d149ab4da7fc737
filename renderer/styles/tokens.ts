/** The values of one theme by token name, without the two dashes: `{ canvas: "#E8EAED", … }`. */
export type TokenColours = Readonly<Record<string, string>>;

/** The colour tokens of both themes; dark takes over what it does not change. */
export type TokenThemes = { readonly light: TokenColours; readonly dark: TokenColours };

const DARK = '[data-theme="dark"] {';

/** Reads the colours out of the text of tokens.css, the only source of them. Colours are `#RRGGBB`. */
export function tokenThemes(css: string): TokenThemes {
  const [lightPart = "", darkPart = ""] = css.split(DARK);
  const light = coloursOf(lightPart);
  return { light, dark: { ...light, ...coloursOf(darkPart) } };
}

function coloursOf(css: string): TokenColours {
  const found = css.matchAll(/--([a-z0-9-]+):\s*(#[0-9A-Fa-f]{6})/g);
  return Object.fromEntries([...found].map(([, name = "", colour = ""]) => [name, colour]));
}
