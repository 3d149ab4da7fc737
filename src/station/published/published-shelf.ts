import { mkdir, opendir } from "node:fs/promises";
import { join } from "node:path";
import { writeDurably } from "../../audit/durable-file.ts";
import {
  LONGEST_STATEMENT,
  MAIN_FILE,
  type Publication,
  type PublishedKind,
  type Verified,
  type Withdrawal,
} from "../../contract/line-publication.ts";
import { asStationError, StationError } from "../../core/error.ts";
import { readTextFile } from "../files/text-file.ts";
import { signedBytes, tidyTrees, writeTree } from "./copy-files.ts";

/** Reads a signed statement and answers only when a trusted publisher's signature over it holds; else throws StationError. */
export type VerifyStatement = (jws: string) => Promise<Verified>;

/** A document of the line as this station has it. */
export type PublishedCopy = {
  readonly verified: Verified<Publication>;
  /** Folder of its files; secrets and values that stay at the station are laid into it. */
  readonly folder: string;
  /** The file with its text. */
  readonly path: string;
  /** It was taken back; why, as far as it can be read. */
  readonly withdrawn?: { readonly reason: string };
};

const FILES = "files";
const SIGNATURES = "signatures";
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
/** Copies that are looked at; a line has fewer. */
const MOST_COPIES = 4000;
/** Copies that are read at the same time. */
const AT_ONCE = 16;
const SHA256 = /^[0-9a-f]{64}$/;
const SIGNATURE = /^[A-Za-z0-9_-]{43}\.jws$/;
const WITHDRAWAL = /^([0-9a-f]{64})\.[A-Za-z0-9_-]{43}\.jws$/;

/**
 * A station's own copies of what was published on its line: `documents/SHA256/files`, the statements in `documents/SHA256/signatures`,
 * `withdrawals`. What stands there is believed only as far as signatures and digests hold, at each look anew.
 */
export class PublishedShelf {
  readonly root: string;
  readonly #verify: VerifyStatement;
  readonly #believed = new Map<string, Verified>();
  readonly #tidied: Promise<void>;

  constructor(root: string, verify: VerifyStatement) {
    this.root = root;
    this.#verify = verify;
    this.#tidied = tidyTrees(this.#documents);
  }

  get #documents(): string {
    return join(this.root, "documents");
  }

  get #withdrawals(): string {
    return join(this.root, "withdrawals");
  }

  /** Every copy that a trusted publisher has signed, by name, revision and time; the ones that were withdrawn too. */
  async copies(kind?: PublishedKind): Promise<readonly PublishedCopy[]> {
    const withdrawn = await this.#withdrawn();
    const names = await namesIn(this.#documents, SHA256);
    const copies: PublishedCopy[] = [];
    for (let at = 0; at < names.length; at += AT_ONCE) {
      const some = names.slice(at, at + AT_ONCE).map((sha256) => this.#copy(sha256, withdrawn.get(sha256)));
      for (const copy of await Promise.all(some))
        if (copy !== undefined && (kind === undefined || copy.verified.statement.kind === kind)) copies.push(copy);
    }
    return copies.toSorted(byName);
  }

  /** @param withdrawal the file of a withdrawal of it */
  async #copy(sha256: string, withdrawal: string | undefined): Promise<PublishedCopy | undefined> {
    const verified = await this.#signed(sha256);
    if (verified === undefined) return undefined;
    const folder = join(this.#documents, sha256, FILES);
    const path = join(folder, MAIN_FILE[verified.statement.kind]);
    const withdrawn = withdrawal === undefined ? {} : { withdrawn: { reason: await this.#reasonIn(withdrawal) } };
    return { verified, folder, path, ...withdrawn };
  }

  /**
   * The bytes of a copy's files as they were signed.
   * @returns by path; without those that stay at the station and are not there
   * @throws StationError line.document-changed
   */
  async read({ folder, verified }: PublishedCopy): Promise<ReadonlyMap<string, Uint8Array>> {
    const files = new Map<string, Uint8Array>();
    for (const file of verified.statement.files) {
      try {
        files.set(file.path, await signedBytes(folder, file));
      } catch (error) {
        if (asStationError(error).code !== "line.document-file-missing") throw error;
      }
    }
    return files;
  }

  /** Passes when nothing keeps a copy from being used. @throws StationError line.document-* */
  async requireSound(copy: PublishedCopy): Promise<void> {
    const { withdrawn, folder, verified } = copy;
    const { name, revision, sha256, files } = verified.statement;
    if (withdrawn !== undefined)
      throw new StationError("line.document-withdrawn", "the document was withdrawn", {
        ...{ document: name, revision, sha256, reason: withdrawn.reason },
      });
    for (const file of files) await signedBytes(folder, file);
  }

  /** Whether the copy is here, whole and with this publisher's signature. Files that stay at the station are not asked for. */
  async has({ jws, publisher, statement }: Verified<Publication>): Promise<boolean> {
    const { sha256, kind } = statement;
    const kept = await textOf(this.#signature(sha256, publisher));
    if (kept !== jws) return false;
    const folder = join(this.#documents, sha256, FILES);
    const copy = { verified: { jws, publisher, statement }, folder, path: join(folder, MAIN_FILE[kind]) };
    return this.read(copy).then(
      () => true,
      () => false,
    );
  }

  /** Keeps a copy, in place of a damaged one; files that stay at the station are taken over. @throws StationError line.documents-unwritable */
  async keep(document: {
    readonly verified: Verified<Publication>;
    readonly files: ReadonlyMap<string, Uint8Array>;
  }): Promise<void> {
    const { jws, publisher, statement } = document.verified;
    const folder = join(this.#documents, statement.sha256);
    await this.#writing(async () => {
      await this.#tidied;
      const tree = new Map<string, Uint8Array>([[`${SIGNATURES}/${publisher}.jws`, Buffer.from(jws, "ascii")]]);
      for (const [name, text] of await this.#signatures(statement.sha256))
        if (name !== `${publisher}.jws`) tree.set(`${SIGNATURES}/${name}`, Buffer.from(text, "ascii"));
      for (const file of statement.files) {
        const bytes =
          document.files.get(file.path) ?? (await signedBytes(join(folder, FILES), file).catch(() => undefined));
        if (bytes !== undefined) tree.set(`${FILES}/${file.path}`, bytes);
      }
      await writeTree(folder, tree);
    });
  }

  async hasWithdrawal({ publisher, statement, jws }: Verified<Withdrawal>): Promise<boolean> {
    return (await textOf(this.#withdrawal(statement.sha256, publisher))) === jws;
  }

  /** Keeps a withdrawal: it stays in force whomever the station trusts later. @throws StationError line.documents-unwritable */
  async keepWithdrawal({ jws, publisher, statement }: Verified<Withdrawal>): Promise<void> {
    await this.#writing(async () => {
      await mkdir(this.#withdrawals, { recursive: true, mode: FOLDER_MODE });
      await writeDurably(this.#withdrawal(statement.sha256, publisher), jws, FILE_MODE);
    });
  }

  #signature(sha256: string, publisher: string): string {
    return join(this.#documents, sha256, SIGNATURES, `${publisher}.jws`);
  }

  #withdrawal(sha256: string, publisher: string): string {
    return join(this.#withdrawals, `${sha256}.${publisher}.jws`);
  }

  async #signatures(sha256: string): Promise<readonly (readonly [string, string])[]> {
    const folder = join(this.#documents, sha256, SIGNATURES);
    const texts = await Promise.all(
      (await namesIn(folder, SIGNATURE)).map(async (name) => [name, await textOf(join(folder, name))] as const),
    );
    return texts.flatMap(([name, text]) => (text === undefined ? [] : [[name, text] as const]));
  }

  /** The newest statement about a copy that holds. */
  async #signed(sha256: string): Promise<Verified<Publication> | undefined> {
    const found: Verified<Publication>[] = [];
    for (const [, jws] of await this.#signatures(sha256)) {
      const verified = await this.#verifiedOnce(jws).catch(() => undefined);
      if (verified?.statement.statement !== "publication" || verified.statement.sha256 !== sha256) continue;
      found.push({ ...verified, statement: verified.statement });
    }
    return found.toSorted((one, other) => (one.statement.at < other.statement.at ? 1 : -1))[0];
  }

  /** Whom the station trusts does not change while it runs: a text that was believed once is the next time. */
  async #verifiedOnce(jws: string): Promise<Verified> {
    const known = this.#believed.get(jws);
    if (known !== undefined) return known;
    const verified = await this.#verify(jws);
    if (this.#believed.size >= MOST_COPIES) this.#believed.clear();
    this.#believed.set(jws, verified);
    return verified;
  }

  /** The file of a withdrawal by the document's digest. */
  async #withdrawn(): Promise<ReadonlyMap<string, string>> {
    const names = await namesIn(this.#withdrawals, WITHDRAWAL);
    return new Map(names.map((name) => [WITHDRAWAL.exec(name)?.[1] ?? "", join(this.#withdrawals, name)]));
  }

  /** Its signature was checked when it was kept: what cannot be checked any more still is in force, without words. */
  async #reasonIn(file: string): Promise<string> {
    const verified = await this.#verify((await textOf(file)) ?? "").catch(() => undefined);
    return verified?.statement.statement === "withdrawal" ? verified.statement.reason : "";
  }

  async #writing(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (cause) {
      const reason = cause instanceof Error && "code" in cause ? String(cause.code) : "unknown";
      const facts = { folder: this.root, reason };
      throw new StationError("line.documents-unwritable", "the copies cannot be written", facts, { cause });
    }
  }
}

function byName(
  { verified: { statement: one } }: PublishedCopy,
  { verified: { statement: other } }: PublishedCopy,
): number {
  const keys = ({ kind, name, at }: Publication): string => [kind, name, at].join("\n");
  return keys(one) < keys(other) ? -1 : 1;
}

async function namesIn(folder: string, form: RegExp): Promise<readonly string[]> {
  const names: string[] = [];
  const entries = await opendir(folder).catch(() => undefined);
  if (entries === undefined) return [];
  for await (const { name } of entries) {
    if (form.test(name)) names.push(name);
    if (names.length >= MOST_COPIES) break;
  }
  return names;
}

async function textOf(file: string): Promise<string | undefined> {
  return readTextFile(file, LONGEST_STATEMENT).then(
    ({ text }) => text,
    () => undefined,
  );
}
