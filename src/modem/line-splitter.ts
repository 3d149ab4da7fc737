import { decodeWireText } from "../core/wire-text.ts";
import { cleanLine, isPrompt } from "./clean-line.ts";

/** The longest line, and the longest quoted value, in bytes. */
export const LINE_LIMIT = 65_536;

/** What comes out of the bytes: a line, cleaned (clean-line.ts) and never blank, or notice that one was too long and is dropped. */
export type SplitEvent = { readonly kind: "line"; readonly text: string } | { readonly kind: "overflow" };

const CR = 13;
const LF = 10;
const QUOTE = 34;
const SLICE = 16_384;
/** A prompt with its colour codes, redrawn a few times, in bytes. */
const LONGEST_PROMPT = 256;
/** Lines whose quoted value may go on over line ends: a modem's prefixed information, or the echo of a command. */
const MAY_SPAN_LINES = /^(?:[+%#][A-Za-z0-9_]{1,32}[:=]|AT|at )/i;
/** What may stand behind the closing quote of such a value: comma, line end, bracket, semicolon, the shell's quote, space. */
const BEHIND_QUOTE = new Set([44, CR, LF, 41, 59, 39, 32, 0, 27]);

/**
 * Cuts a modem's bytes into lines, in any chunking: no port, no timer. CR, LF and any mix of them end a line, except
 * inside a quoted value, which keeps its line ends (at.md 4). A quote that is never closed cannot swallow what follows:
 * a value that goes wrong behind its closing quote, or grows beyond {@link LINE_LIMIT}, or is declared broken by
 * {@link LineSplitter.resync}, is cut at its first line end and the rest is read anew.
 */
export class LineSplitter {
  #bytes = new Uint8Array(1024);
  /** Bytes held; those from 0 to `#scanned` have been looked at, the unfinished line starts at 0 between pushes. */
  #length = 0;
  #scanned = 0;
  #start = 0;
  #quoted = false;
  #spans = false;
  #closed = false;
  #discarding = false;

  /** Takes the next bytes; answers the lines that they complete. */
  push(bytes: Uint8Array): readonly SplitEvent[] {
    const events: SplitEvent[] = [];
    for (let at = 0; at < bytes.length; at += SLICE) {
      this.#append(bytes.subarray(at, at + SLICE));
      this.#scan(events);
    }
    return events;
  }

  /** Whether a quoted value is open that already spans a line end: what follows is held back until it closes. */
  get holdsLines(): boolean {
    return this.#quoted && this.#spans;
  }

  /** Whether the unfinished line is a shell prompt: the shell waits for a command. */
  get atPrompt(): boolean {
    if (this.#length === 0 || this.#length > LONGEST_PROMPT) return false;
    return isPrompt(decodeWireText(this.#bytes.subarray(0, this.#length)));
  }

  /** Declares the open quoted value broken: its first line stands alone, the rest is read anew. */
  resync(): readonly SplitEvent[] {
    const events: SplitEvent[] = [];
    if (!this.holdsLines) return events;
    this.#breakFirstLine(events);
    this.#scan(events);
    return events;
  }

  /** Forgets the unfinished line. */
  clear(): void {
    this.#length = 0;
    this.#scanned = 0;
    this.#discarding = false;
    this.#beginLine(0);
  }

  #append(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.#bytes.length * 2));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(bytes, this.#length);
    this.#length = needed;
  }

  #scan(events: SplitEvent[]): void {
    this.#readOn(events);
    this.#bound(events);
    this.#compact();
  }

  #readOn(events: SplitEvent[]): void {
    while (this.#scanned < this.#length) {
      const byte = this.#bytes[this.#scanned] ?? 0;
      if (this.#closed && this.#spans && !BEHIND_QUOTE.has(byte)) {
        this.#breakFirstLine(events);
        continue;
      }
      this.#closed = false;
      this.#look(byte, events);
      this.#scanned++;
    }
  }

  #look(byte: number, events: SplitEvent[]): void {
    if (byte === QUOTE) {
      this.#closed = this.#quoted;
      this.#quoted = !this.#quoted;
    } else if (byte === CR || byte === LF) {
      if (this.#quoted && this.#maySpan()) this.#spans = true;
      else this.#finishLine(events);
    }
  }

  #maySpan(): boolean {
    if (this.#spans) return true;
    if (this.#discarding) return false;
    const head = this.#bytes.subarray(this.#start, Math.min(this.#scanned, this.#start + 160));
    return MAY_SPAN_LINES.test(cleanLine(decodeWireText(head)));
  }

  #finishLine(events: SplitEvent[]): void {
    if (!this.#discarding) this.#emit(this.#start, this.#scanned, events);
    this.#discarding = false;
    this.#beginLine(this.#scanned + 1);
  }

  #emit(from: number, to: number, events: SplitEvent[]): void {
    if (to <= from) return;
    const text = cleanLine(decodeWireText(this.#bytes.subarray(from, to)));
    if (text.trim() !== "") events.push({ kind: "line", text });
  }

  #beginLine(at: number): void {
    this.#start = at;
    this.#quoted = false;
    this.#spans = false;
    this.#closed = false;
  }

  /** The line that holds the stray quote has an odd number of quotes, so the rest is read at most once more. */
  #breakFirstLine(events: SplitEvent[]): void {
    let end = this.#start;
    while (end < this.#length && this.#bytes[end] !== CR && this.#bytes[end] !== LF) end++;
    this.#emit(this.#start, end, events);
    this.#beginLine(end + 1);
    this.#scanned = Math.min(end + 1, this.#length);
  }

  #bound(events: SplitEvent[]): void {
    while (this.#length - this.#start > LINE_LIMIT && this.holdsLines) {
      this.#breakFirstLine(events);
      this.#readOn(events);
    }
    if (this.#length - this.#start <= LINE_LIMIT) return;
    if (!this.#discarding) events.push({ kind: "overflow" });
    this.#discarding = true;
    this.#beginLine(this.#length);
  }

  #compact(): void {
    if (this.#start === 0) return;
    this.#bytes.copyWithin(0, this.#start, this.#length);
    this.#length -= this.#start;
    this.#scanned -= this.#start;
    this.#start = 0;
  }
}
