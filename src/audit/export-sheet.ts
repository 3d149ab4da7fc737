import { createHash, randomUUID, type Hash } from "node:crypto";
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs";
import { StationError } from "../core/error.ts";
import type { ManifestBody } from "./manifest.ts";

/** Marks kept: up to so many rows each row has its own; beyond, every second mark is dropped. */
const MOST_MARKS = 2048;
const MARK_DIGITS = 12;
/** Rows that are put together before they are hashed and handed to the file; a power of two, as the marks' distance is. */
const PIECE = 512;
/** Bytes that are handed to the file at once, about. */
const WRITE_BYTES = 256 * 1024;

/** A name beside an export, under which it is written until it is complete. */
export function partOf(out: string): string {
  return `${out}.${randomUUID()}.part`;
}

/** A file being written, with its digest, its marks and its number of rows. */
export class ExportSheet {
  readonly temporary: string;
  readonly #descriptor: number;
  readonly #hash: Hash = createHash("sha256");
  #every = 1;
  #marks: string[] = [];
  #bytes = 0;
  #unwritten: Uint8Array[] = [];
  #unwrittenBytes = 0;
  rows = 0;

  /**
   * @param out what is written, as errors name it; the file gets its name when all is complete
   * @param temporary under which it is written
   * @throws StationError audit.export, as every method that writes
   */
  constructor(out: string, temporary = partOf(out)) {
    this.temporary = temporary;
    this.#descriptor = writing(out, () => openSync(this.temporary, "wx"));
  }

  header(line: string): void {
    this.#write(Buffer.from(line, "utf8"));
  }

  /**
   * Sets the distance of the marks as it will be after so many rows, so that none is made to be dropped.
   * @returns how many rows are best handed over at once
   */
  expect(rows: number): number {
    while (rows / this.#every >= MOST_MARKS) this.#every *= 2;
    return Math.min(PIECE, this.#every);
  }

  /** Takes the next rows as they are written, as many at once as {@link expect} told; the last ones may be fewer. */
  take(bytes: Uint8Array, rows: number): void {
    if (this.#marks.length === 0) this.#mark();
    this.#write(bytes);
    this.rows += rows;
    if (this.rows % this.#every === 0) this.#mark();
  }

  /** Completes the file on the disk. */
  finish(): Pick<ManifestBody, "rows" | "bytes" | "sha256" | "marks"> {
    if (this.#marks.length === 0) this.#mark();
    this.#toFile();
    writing(this.temporary, () => {
      fsyncSync(this.#descriptor);
      closeSync(this.#descriptor);
    });
    const marks = { every: this.#every, sha256: this.#marks };
    return { rows: this.rows, bytes: this.#bytes, sha256: this.#hash.digest("hex"), marks };
  }

  /** Takes the unfinished file away. */
  discard(): void {
    try {
      closeSync(this.#descriptor);
    } catch {
      // Closed already: finishing it went wrong.
    }
    rmSync(this.temporary, { force: true });
  }

  #write(bytes: Uint8Array): void {
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    this.#unwritten.push(bytes);
    this.#unwrittenBytes += bytes.length;
    if (this.#unwrittenBytes >= WRITE_BYTES) this.#toFile();
  }

  #toFile(): void {
    const bytes = Buffer.concat(this.#unwritten);
    this.#unwritten = [];
    this.#unwrittenBytes = 0;
    writing(this.temporary, () => writeAll(this.#descriptor, bytes));
  }

  #mark(): void {
    this.#marks.push(this.#hash.copy().digest("hex").slice(0, MARK_DIGITS));
    if (this.#marks.length <= MOST_MARKS) return;
    this.#marks = this.#marks.filter((_, index) => index % 2 === 0);
    this.#every *= 2;
  }
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let written = 0; written < bytes.length;) written += writeSync(descriptor, bytes, written);
}

/**
 * Does something to an export's file.
 * @throws StationError audit.export with the file system's error as its cause
 */
export function writing<T>(file: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new StationError("audit.export", "the export cannot be written", { file }, { cause: error });
  }
}
