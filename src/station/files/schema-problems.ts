import type { z } from "zod";
import type { ParsedDocument } from "./document.ts";
import { fieldName, type FileProblem } from "./file-problem.ts";

type Issue = z.core.$ZodIssue;

/** Everything that a schema found wrong in a document, each at its place. */
export function schemaProblems(issues: readonly Issue[], document: ParsedDocument): readonly FileProblem[] {
  return issues.flatMap((issue) => problemsOf(issue, issue.path, document));
}

function problemsOf(issue: Issue, path: readonly PropertyKey[], document: ParsedDocument): readonly FileProblem[] {
  const here = (): readonly FileProblem[] => [
    { ...document.placeOf(path), field: fieldName(path), what: issueText(issue) },
  ];
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey([...path, key], document));
    case "invalid_union":
      return unionProblems(issue, path, document) ?? here();
    case "invalid_key":
    case "invalid_element":
      return issue.issues.flatMap((inner) => problemsOf(inner, path, document));
    case "invalid_type":
    case "too_big":
    case "too_small":
    case "invalid_value":
    case "not_multiple_of":
    case "invalid_format":
    case "custom":
      return here();
  }
}

/** What a schema found wrong with a value, as a person reads it behind the value's name: `must be at most 64 characters`. */
export function issueText(issue: Issue): string {
  switch (issue.code) {
    case "unrecognized_keys":
      return `has fields that are not known: ${issue.keys.join(", ")}`;
    case "invalid_union":
      return unionText(issue);
    case "invalid_type":
      return isMissing(issue) ? `is missing (${article(issue.expected)})` : `must be ${article(issue.expected)}`;
    case "too_big":
      return `must be at most ${size(issue.maximum, issue.origin)}`;
    case "too_small":
      return isEmpty(issue) ? "must not be empty" : `must be at least ${size(issue.minimum, issue.origin)}`;
    case "invalid_value":
      return `must be ${oneOf(issue.values)}`;
    case "invalid_key":
    case "invalid_element":
      return issue.issues.map(issueText).join("; ");
    case "not_multiple_of":
    case "invalid_format":
    case "custom":
      return issue.message;
  }
}

/** The schema's own words where it has some, else the words that are possible. */
function unionText(issue: Extract<Issue, { code: "invalid_union" }>): string {
  const { message } = issue;
  if ("options" in issue && Array.isArray(issue.options)) return `must be ${oneOf(issue.options)}`;
  return message.startsWith("Invalid") ? "has none of the forms that are possible here" : message;
}

function isEmpty({ minimum, origin }: Extract<Issue, { code: "too_small" }>): boolean {
  return Number(minimum) === 1 && origin !== "number" && origin !== "int";
}

function oneOf(values: readonly unknown[]): string {
  return values.map((value) => JSON.stringify(value)).join(" or ");
}

function unknownKey(path: readonly PropertyKey[], document: ParsedDocument): FileProblem {
  return { ...document.keyPlaceOf(path), field: fieldName(path), what: "is not a field of this file" };
}

/** Of several possible forms, the complaints about the one that the person seems to have meant. */
function unionProblems(
  issue: Extract<Issue, { code: "invalid_union" }>,
  path: readonly PropertyKey[],
  document: ParsedDocument,
): readonly FileProblem[] | undefined {
  const [closest] = [...issue.errors].sort((a, b) => distance(a) - distance(b));
  if (closest === undefined || distance(closest) >= FAR) return undefined;
  return closest.flatMap((inner) => problemsOf(inner, [...path, ...inner.path], document));
}

const FAR = 100;

/** How far a value is from a form: unknown and missing keys weigh most, a wrong kind of value rules it out. */
function distance(issues: readonly Issue[]): number {
  return issues.reduce((sum, issue) => {
    if (issue.code === "unrecognized_keys") return sum + 10 * issue.keys.length;
    if (issue.code === "invalid_type" && isMissing(issue)) return sum + 10;
    if (issue.code === "invalid_type" && issue.path.length === 0) return sum + FAR;
    return sum + 1;
  }, 0);
}

function isMissing(issue: Extract<Issue, { code: "invalid_type" }>): boolean {
  return issue.message.endsWith("received undefined");
}

const KINDS: ReadonlyMap<string, string> = new Map([
  ["string", "a text"],
  ["number", "a number"],
  ["int", "a whole number"],
  ["boolean", "true or false"],
  ["array", "a list"],
  ["object", "a group of fields"],
  ["record", "a group of fields"],
]);

function article(kind: string): string {
  return KINDS.get(kind) ?? kind;
}

function size(limit: number | bigint, origin: string): string {
  if (origin === "string") return Number(limit) === 1 ? "1 character" : `${limit} characters`;
  if (origin === "array" || origin === "set") return Number(limit) === 1 ? "1 entry" : `${limit} entries`;
  return String(limit);
}
