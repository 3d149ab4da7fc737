import { unclaimUnits } from "../../cloud/bulk-claim.ts";
import { StationError } from "../../core/error.ts";
import { parseDeviceUuid, type DeviceUuid } from "../../core/ids.ts";
import { reportClaims } from "../claims/claims-report.ts";
import { ownerAccess } from "../claims/owner-access.ts";
import { recorded, withRecord } from "../claims/recorded-claims.ts";
import type { CliCommand } from "../command.ts";

const MOST_UNITS = 100;

/** `station unclaim`: gives units up at the owner's service. */
export const unclaimCommand: CliCommand = {
  name: "unclaim",
  summary: "gives units up at the owner's service; their queued commands go with them",
  positionals: "UUID…",
  minPositionals: 1,
  maxPositionals: MOST_UNITS,
  options: {
    profile: { kind: "value", value: "FILE", help: "the service; its owner API key comes from the environment" },
    audit: { kind: "value", value: "FILE", help: "the audit database that records it; made when missing" },
    json: { kind: "flag", help: "prints the result as one JSON object" },
  },
  async run(args, context) {
    const units = unitsOf(args.positionals);
    const { owner, profile } = await ownerAccess(args, context);
    const { clock, signal } = context;
    const results = await withRecord(args, context, (store) =>
      recorded(store, context, { act: "unclaim", profile, tags: [], units }, () =>
        unclaimUnits(units, { owner, clock, signal }),
      ),
    );
    return reportClaims(results, args.flag("json"), context);
  },
};

/** @throws StationError usage.option */
function unitsOf(texts: readonly string[]): readonly DeviceUuid[] {
  const units = texts.map((text) => {
    const uuid = parseDeviceUuid(text);
    if (uuid === undefined)
      throw new StationError("usage.option", "a unit must be named by its device UUID", { given: text.slice(0, 80) });
    return uuid;
  });
  return [...new Set(units)];
}
