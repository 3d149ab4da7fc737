import { ERRNO, type Errno } from "./errno.ts";

/** What the library's calls answer: 0, or the name of a negative result (protocol.md 2.2). */
export type ApiResult = 0 | Errno;

/** The result as the library's number: 0 or negative. */
export function apiNumber(result: ApiResult): number {
  return result === 0 ? 0 : -ERRNO[result];
}
