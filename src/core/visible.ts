/** The text with control characters shown as `\u001b`: what files and modems say cannot steer a terminal. */
export function visible(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
