import type { DocumentProblem } from "../../contract/desktop-library.ts";
import { asStationError, type StationError } from "../../core/error.ts";
import { FileProblemsError, type FileProblem } from "../files/file-problem.ts";

/** As many problems as a document shows. */
const MOST_SHOWN = 200;

/**
 * What an error of the loaders says about a document; errors that are not about its content are thrown on.
 * @throws StationError of any code but file.*
 */
export function documentProblems(error: unknown): readonly DocumentProblem[] {
  if (error instanceof FileProblemsError) return error.problems.slice(0, MOST_SHOWN).map(documentProblem);
  const known = asStationError(error);
  if (!known.code.startsWith("file.")) throw known;
  return [{ field: "", what: wordsOf(known).slice(0, 1000) }];
}

function documentProblem({ line, column, field, what }: FileProblem): DocumentProblem {
  return { field: field.replaceAll(/\[(\d+)\]/g, ".$1").slice(0, 300), line, column, what: what.slice(0, 1000) };
}

/** The error's words with what it found, such as the kind of secret. */
function wordsOf(error: StationError): string {
  const found = error.facts["found"];
  return typeof found === "string" && found !== "" ? `${error.message}: ${found}` : error.message;
}
