import { dirname, resolve } from "node:path";
import { LineFileSchema, type LineFile, type ResolvedLine } from "../../contract/line-file.ts";
import { StationError } from "../../core/error.ts";
import { Secret } from "../../core/secret.ts";
import { LARGEST_NAMED } from "./beside.ts";
import { problemOf, problemsError, type FileProblem } from "./file-problem.ts";
import { checkDocument, readDocument } from "./load-document.ts";
import { checkCertificates } from "./pem.ts";
import { readTextFile } from "./text-file.ts";

/** Where the credentials of a line file come from besides files. */
export type LineSecrets = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What the desktop's vault holds for lines with `credentials: { vault: true }`. */
  readonly vault?: Secret;
};

/**
 * Reads a line file and what it names: the CA, the credentials and the publishers' keys. Paths are taken from its folder and may
 * lead anywhere, as those of profiles.
 * @throws StationError file.*; every problem is listed with line, column, field and limit
 */
export async function loadLine(path: string, secrets: LineSecrets): Promise<ResolvedLine> {
  return resolveLine(await readDocument(path), path, secrets);
}

/** As {@link loadLine}, for a text that was read already. */
export async function resolveLine(text: string, path: string, secrets: LineSecrets): Promise<ResolvedLine> {
  const { value, document } = checkDocument(text, path, LineFileSchema);
  const problems: FileProblem[] = [];
  const attempt = async <T>(where: readonly PropertyKey[], read: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await read();
    } catch (error) {
      problems.push(problemOf(error, where, document.placeOf(where)));
      return undefined;
    }
  };
  const file = async (name: string): Promise<string> =>
    (await readTextFile(resolve(dirname(path), name), LARGEST_NAMED)).text;
  const { ca: caFile, credentials: source, documents, ...rest } = value;
  const ca = caFile === undefined ? undefined : await attempt(["ca"], async () => certificates(await file(caFile)));
  const credentials =
    source === undefined ? undefined : await attempt(["credentials"], () => credentialsOf(source, file, secrets));
  const trust: string[] = [];
  for (const [index, name] of documents.trust.entries())
    trust.push((await attempt(["documents", "trust", index], () => file(name))) ?? "");
  if (problems.length > 0) throw problemsError(path, problems);
  return {
    ...rest,
    documents: { trust, require: documents.require },
    ...(ca === undefined ? {} : { ca }),
    ...(credentials === undefined ? {} : { credentials }),
  };
}

function certificates(text: string): string {
  checkCertificates(text);
  return text;
}

async function credentialsOf(
  source: NonNullable<LineFile["credentials"]>,
  file: (name: string) => Promise<string>,
  { environment, vault }: LineSecrets,
): Promise<Secret> {
  if ("file" in source) return new Secret(await file(source.file));
  if ("vault" in source) {
    if (vault !== undefined) return vault;
    throw new StationError("file.secret-missing", "the vault holds no credentials of a line", {});
  }
  const text = environment[source.environment];
  if (text !== undefined && text !== "") return new Secret(text);
  throw new StationError("file.secret-missing", "the environment variable is not set", { name: source.environment });
}
