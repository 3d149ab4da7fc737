import { codeErrno, WANTED_CODE } from "../../provisioning/coap-requests.ts";
import type { Errno } from "../../provisioning/errno.ts";
import { failureEventName, isBackoffResult } from "../../provisioning/events.ts";
import { fetchStatusErrno } from "../../provisioning/http-requests.ts";
import { sameOrDiffer, type RowVerdict } from "./report.ts";
import { textField, type Row } from "./row.ts";

/** Statuses that stand for `other` in the mapping: none of them has a row of its own. */
const OTHER_STATUSES = [201, 202, 301, 404, 429, 502, 503];
const OTHER_CODES = ["2.02", "4.13", "4.15", "5.01", "5.04"];
const WANTED_BY = { "p/auth-jwt": "auth", "p/cmd": "commands", "p/rsp": "response" } as const;

/** Compares one row of the mapping of HTTP statuses: result, event and backoff. */
export function compareHttpStatus(row: Row): RowVerdict {
  const status = textField(row, "status");
  const text = textField(row, "text");
  const statuses = status === "other" ? OTHER_STATUSES : [Number(status)];
  const expected = text.startsWith("ok") ? undefined : meaningOf(text);
  return compareAll(
    expected,
    statuses.map((value) => told(fetchStatusErrno(value), expected)),
  );
}

/** Compares one row of the mapping of CoAP codes. */
export function compareCoapCode(row: Row): RowVerdict {
  const code = textField(row, "status");
  const text = textField(row, "text");
  const wanted = /^required answer to (p\/[a-z-]+)/.exec(text)?.[1];
  if (wanted !== undefined) return sameOrDiffer(code, wantedCode(wanted));
  const codes = code === "other" ? OTHER_CODES : [code];
  const expected = meaningOf(text);
  return compareAll(
    expected,
    codes.map((value) => told(codeErrno(value), expected)),
  );
}

type Meaning = { readonly errno: string; readonly event: string | undefined; readonly backoff: boolean };

/** What a text says first: `-EBUSY FAILED + backoff`. Later versions of the library come after it. */
function meaningOf(text: string): Meaning {
  const [first = ""] = text.split(";", 1);
  const match = /-(E[A-Z]+)(?: ([A-Z_]+))?/.exec(first);
  return { errno: match?.[1] ?? "", event: match?.[2], backoff: first.includes("+ backoff") };
}

function told(errno: Errno | undefined, expected: Meaning | undefined): Meaning | undefined {
  if (errno === undefined) return undefined;
  const event = expected?.event === undefined ? undefined : failureEventName(errno);
  return { errno, event, backoff: isBackoffResult(errno) };
}

function compareAll(expected: Meaning | undefined, got: readonly (Meaning | undefined)[]): RowVerdict {
  const wanted = expected ?? "success";
  for (const value of got.map((meaning) => meaning ?? "success")) {
    const verdict = sameOrDiffer(wanted, value);
    if (verdict !== undefined) return verdict;
  }
  return undefined;
}

function wantedCode(path: string): string {
  const step = Object.entries(WANTED_BY).find(([name]) => name === path)?.[1];
  return step === undefined ? "no such request" : WANTED_CODE[step];
}
