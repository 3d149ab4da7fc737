import type { ClaimRow } from "../../cloud/bulk-claim.ts";
import { asStationError, StationError } from "../../core/error.ts";
import { quantity } from "../../core/fact.ts";
import type { DeviceUuid } from "../../core/ids.ts";
import { Secret } from "../../core/secret.ts";
import { parseAttestationToken } from "../../provisioning/attestation-token.ts";
import { readCsvLines, type CsvLine } from "../../station/files/csv-lines.ts";

const BOUNDS = { bytes: 67_108_864, rows: 200_000, longestRow: 16_384 };
const MOST_SHOWN = 20;
const MOST_TAGS = 20;
const LONGEST_TAG = 128;

/**
 * The units of a file of attestation tokens: the gathered form `imei,uuid,token,time` (peers.md 4.3), or that of the bulk call,
 * `"token","tag,tag"` (peers.md 4.1). Every token is decoded; of a unit that stands there twice the last line counts.
 * @param tags for rows that name none
 * @throws StationError station.tokens-invalid naming every line that is wrong; file.*
 */
export async function readClaimRows(path: string, tags: readonly string[]): Promise<readonly ClaimRow[]> {
  const lines = await readCsvLines(path, BOUNDS);
  const problems: string[] = [];
  const units = new Map<DeviceUuid, ClaimRow>();
  for (const line of lines.filter((candidate, index) => index > 0 || !isHeading(candidate))) {
    const found = rowOf(line, tags);
    if (typeof found === "string") problems.push(`line ${line.line}: ${found}`);
    else {
      units.delete(found.uuid);
      units.set(found.uuid, found);
    }
  }
  if (problems.length > 0) throw invalid(path, problems);
  return [...units.values()];
}

function isHeading({ cells }: CsvLine): boolean {
  return /^(?:imei|token)$/i.test(cells[0] ?? "");
}

/** A line's unit, or what is wrong with it; tokens are never repeated. */
function rowOf({ cells }: CsvLine, tags: readonly string[]): ClaimRow | string {
  const gathered = cells.length >= 3;
  const [token = "", named] = gathered ? [cells[2], cells[1]] : [cells[0], undefined];
  const own = gathered ? [] : (cells[1] ?? "").split(",").flatMap((tag) => (tag.trim() === "" ? [] : [tag.trim()]));
  if (own.length > MOST_TAGS || own.some((tag) => tag.length > LONGEST_TAG || /\p{Cc}/u.test(tag)))
    return `the tags must be at most ${MOST_TAGS}, of at most ${LONGEST_TAG} characters`;
  const uuid = uuidOf(token);
  if (uuid instanceof StationError) return `the ${gathered ? "third" : "first"} field is no attestation token`;
  if (named !== undefined && named.toLowerCase() !== uuid) return "the token is of another unit than the line says";
  return { uuid, token: new Secret(token), tags: own.length > 0 ? own : tags };
}

function uuidOf(token: string): DeviceUuid | StationError {
  try {
    return parseAttestationToken(token).deviceUuid;
  } catch (error) {
    return asStationError(error);
  }
}

function invalid(file: string, problems: readonly string[]): StationError {
  const more = problems.slice(1, MOST_SHOWN).map((text, index) => [`problem ${index + 2}`, text]);
  return new StationError("station.tokens-invalid", problems[0] ?? "is not valid", {
    ...{ file, problems: quantity(problems.length, "items") },
    ...(Object.fromEntries(more) as Readonly<Record<string, string>>),
  });
}
