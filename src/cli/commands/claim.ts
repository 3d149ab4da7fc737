import { resolve } from "node:path";
import { claimPortion, previewClaims, type ClaimRow, type UnitResult } from "../../cloud/bulk-claim.ts";
import { MOST_CLAIMS } from "../../contract/station-event.ts";
import { StationError } from "../../core/error.ts";
import { readClaimRows } from "../claims/claim-rows.ts";
import { reportClaims } from "../claims/claims-report.ts";
import { ownerAccess, type OwnerAccess } from "../claims/owner-access.ts";
import { recorded, withRecord } from "../claims/recorded-claims.ts";
import type { Arguments, CliCommand, CommandContext } from "../command.ts";

/** `station claim`: claims the units of a file of attestation tokens. */
export const claimCommand: CliCommand = {
  name: "claim",
  summary: "claims the units of a CSV of attestation tokens; repeats are harmless",
  positionals: "FILE.csv",
  minPositionals: 1,
  maxPositionals: 1,
  options: {
    profile: { kind: "value", value: "FILE", help: "the service; its owner API key comes from the environment" },
    audit: { kind: "value", value: "FILE", help: "the audit database that records the claims; made when missing" },
    tags: { kind: "value", value: "A,B", help: "tags of units whose row names none" },
    "dry-run": { kind: "flag", help: "only asks the service what would become of each unit" },
    json: { kind: "flag", help: "prints the result as one JSON object" },
  },
  async run(args, context) {
    const rows = await readClaimRows(resolve(args.positionals[0] ?? ""), tagsOf(args));
    const access = await ownerAccess(args, context);
    const { clock, signal } = context;
    const units = args.flag("dry-run")
      ? await previewClaims(rows, { owner: access.owner, clock, signal })
      : await claimAll(rows, access, args, context);
    return reportClaims(units, args.flag("json"), context);
  },
};

async function claimAll(
  rows: readonly ClaimRow[],
  { owner, profile }: OwnerAccess,
  args: Arguments,
  context: CommandContext,
): Promise<readonly UnitResult[]> {
  const { clock, signal } = context;
  return withRecord(args, context, async (store) => {
    const results: UnitResult[] = [];
    for (let at = 0; at < rows.length; at += MOST_CLAIMS) {
      const portion = rows.slice(at, at + MOST_CLAIMS);
      const tags = [...new Set(portion.flatMap((row) => row.tags))].slice(0, 20);
      const units = portion.map(({ uuid }) => uuid);
      const work = (): Promise<readonly UnitResult[]> => claimPortion(portion, { owner, clock, signal });
      results.push(...(await recorded(store, context, { act: "claim", profile, tags, units }, work)));
      if (rows.length > MOST_CLAIMS) context.err(`${results.length} of ${rows.length} units\n`);
    }
    return results;
  });
}

/** @throws StationError usage.option */
function tagsOf(args: Arguments): readonly string[] {
  const text = args.value("tags");
  if (text === undefined) return [];
  const tags = text.split(",").map((tag) => tag.trim());
  if (tags.length <= 20 && tags.every((tag) => tag.length >= 1 && tag.length <= 128 && !/\p{Cc}/u.test(tag)))
    return tags;
  throw new StationError("usage.option", "--tags must be at most 20 tags of 1 to 128 characters, joined by commas", {
    given: text.slice(0, 80),
  });
}
