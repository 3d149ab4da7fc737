import { createHash, type Hash } from "node:crypto";
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import type { Misfit, Verdict } from "../contract/history.ts";
import { abortReason } from "../core/clock.ts";
import { StationError } from "../core/error.ts";
import { manifestOf, readManifest, scopeOf, type Manifest } from "./manifest.ts";
import { claims, signatureCheck, type SignatureCheck } from "./station-key.ts";
import type { VerifyOptions } from "./verify-database.ts";

const LINE_FEED = 0x0a;
const QUOTE = 0x22;
const MARK_DIGITS = 12;

/**
 * Checks an export against its manifest: the signature over the manifest, then rows, length and digest of the file.
 * @param file the export; its manifest lies beside it as `<file>.manifest.json`
 * @returns that all fits, or the first row that does not
 * @throws StationError audit.missing when the export cannot be read; the signal's reason
 */
export async function verifyExport(file: string, options: VerifyOptions = {}): Promise<Verdict> {
  const manifest = await readManifest(manifestOf(file));
  if (manifest === undefined) return misfitVerdict(inManifest(file, "there is no manifest beside the export"));
  if (manifest === "damaged") return misfitVerdict(inManifest(file, "it cannot be read as a manifest"));
  const check = await keyOf(manifest);
  if (check === undefined) return misfitVerdict(inManifest(file, "the station's public key cannot be read"));
  if (options.key !== undefined && options.key !== check.thumbprint)
    return misfitVerdict(inManifest(file, "the station's key is not the one that was asked for"));
  const signature = await signatureOf(manifest, check);
  if (signature === undefined)
    return misfitVerdict(inManifest(file, "the signature is not the station's over this manifest: it was changed"));
  if (signature === "chain" && options.acceptUnsigned !== true)
    return misfitVerdict(inManifest(file, "it is not signed: the export was made without the station's key"));
  const misfit = await compare(file, manifest, options);
  if (misfit !== undefined) return misfitVerdict(misfit);
  const { station, format, rows } = manifest;
  return { ok: true, kind: "export", station, key: check.thumbprint, format, rows, signature };
}

function misfitVerdict(misfit: Misfit): Verdict {
  return { ok: false, kind: "export", misfit };
}

function inManifest(file: string, what: string): Misfit {
  return { table: "manifest", row: basename(manifestOf(file)), what };
}

async function keyOf({ publicKey }: Manifest): Promise<SignatureCheck | undefined> {
  try {
    return await signatureCheck(JSON.stringify(publicKey));
  } catch (error) {
    if (error instanceof StationError) return undefined;
    throw error;
  }
}

/** What the signature covers; undefined when it does not hold. */
async function signatureOf(manifest: Manifest, check: SignatureCheck): Promise<"export" | "chain" | undefined> {
  const { head, ...body } = manifest;
  if (head === null) return "chain";
  const claim = await check.claimOf(head.jws);
  if (claim === undefined || !claims(claim, body.station, head)) return undefined;
  // An export made without the key borrows the newest head of the chain it was read from: that names no manifest.
  if (claim.scope === undefined || head.position <= body.snapshot.position) return "chain";
  return claim.scope === scopeOf(body) ? "export" : undefined;
}

/** The first row of the file that is not as the manifest tells. */
async function compare(
  file: string,
  manifest: Manifest,
  { signal, progress }: VerifyOptions,
): Promise<Misfit | undefined> {
  const reader = new Reader(manifest);
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1024 * 1024 })) {
      if (signal?.aborted === true) throw abortReason(signal);
      const misfit = reader.take(chunk as Buffer);
      if (misfit !== undefined) return misfit;
      progress?.({ done: reader.rows, total: manifest.rows });
    }
  } catch (error) {
    if (error instanceof StationError) throw error;
    throw new StationError("audit.missing", "the export cannot be read", { file }, { cause: error });
  }
  return reader.end();
}

/** Reads an export byte by byte: counts its rows and compares its digest with the marks. */
class Reader {
  readonly #manifest: Manifest;
  readonly #hash: Hash = createHash("sha256");
  #quoted = false;
  #bytes = 0;
  #nextMark = 0;
  #openRow = false;
  rows: number;

  constructor(manifest: Manifest) {
    this.#manifest = manifest;
    // The header of a CSV is row 0; JSON Lines have none, so that the first mark is that of nothing.
    this.rows = manifest.format === "csv" ? -1 : 0;
    if (manifest.format === "jsonl") this.#nextMark = 1;
  }

  take(chunk: Buffer): Misfit | undefined {
    let hashed = 0;
    const { every } = this.#manifest.marks;
    const isCsv = this.#manifest.format === "csv";
    for (let index = 0; index < chunk.length; index++) {
      const byte = chunk[index];
      if (byte === QUOTE && isCsv) this.#quoted = !this.#quoted;
      if (byte !== LINE_FEED || this.#quoted) continue;
      this.rows += 1;
      if (this.rows % every !== 0) continue;
      this.#hash.update(chunk.subarray(hashed, index + 1));
      hashed = index + 1;
      const misfit = this.#mark();
      if (misfit !== undefined) return misfit;
    }
    this.#hash.update(chunk.subarray(hashed));
    this.#bytes += chunk.length;
    this.#openRow = chunk.at(-1) !== LINE_FEED;
    return undefined;
  }

  end(): Misfit | undefined {
    const { rows, bytes, sha256 } = this.#manifest;
    const complete = Math.max(this.rows, 0);
    if (complete < rows && !this.#openRow) return row(complete + 1, complete + 1, "the row is missing");
    if (this.#hash.digest("hex") !== sha256 || this.#bytes !== bytes || this.rows !== rows) return this.#changed(rows);
    return undefined;
  }

  #mark(): Misfit | undefined {
    const { marks, rows } = this.#manifest;
    const expected = marks.sha256[this.#nextMark];
    if (this.rows > rows) return row(this.rows, this.rows, "the row was added");
    if (this.#hash.copy().digest("hex").slice(0, MARK_DIGITS) !== expected) return this.#changed(this.rows);
    this.#nextMark += 1;
    return undefined;
  }

  /** The rows after the last mark that fits, up to `last`. */
  #changed(last: number): Misfit {
    const { every } = this.#manifest.marks;
    const first = this.#nextMark === 0 ? 0 : (this.#nextMark - 1) * every + 1;
    return row(first, Math.max(first, last), "it is not as it was exported");
  }
}

function row(first: number, last: number, what: string): Misfit {
  if (last === 0) return { table: "export", row: "header", what };
  return first === last
    ? { table: "export", row: String(first), what }
    : { table: "export", row: `${first} to ${last}`, what: `one of these rows: ${what}` };
}
