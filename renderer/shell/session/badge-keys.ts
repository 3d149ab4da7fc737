import { KeyBurst } from "../../keys/key-burst.ts";

/** Shorter texts are a person's fast fingers. */
const SHORTEST_BADGE = 3;

/** Takes what a scanner types, wherever the keyboard is, and tells the text when its Enter comes. */
export function badgeKeys(scanned: (badge: string) => void): (event: KeyboardEvent) => void {
  const burst = new KeyBurst();
  const typed = { text: "" };
  return (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter") {
      const { text } = typed;
      typed.text = "";
      if (text.length < SHORTEST_BADGE) return;
      // The scanner's Enter must not press the button that happens to have the keyboard.
      event.preventDefault();
      event.stopPropagation();
      scanned(text);
      return;
    }
    if (event.key.length !== 1) return;
    const meaning = burst.feed(event.key, event.timeStamp);
    typed.text = meaning.kind === "scan" ? meaning.text : "";
    if (meaning.kind === "scan") event.preventDefault();
  };
}
