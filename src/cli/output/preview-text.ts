import type { Redacted } from "../../core/digest.ts";
import { visible } from "../../core/visible.ts";
import { digestText, type RecipePreview } from "../recipe-preview.ts";
import { table } from "./table.ts";

/** What a recipe would send, for people. */
export function previewText(preview: RecipePreview): string {
  const { product, revision, sha256, commands } = preview;
  const facts = [
    `${product} ${revision}`,
    `sha256      ${sha256}`,
    `claim       ${claimText(preview)}`,
    `modem       ${modemText(preview)}`,
    ...(preview.provision === null
      ? []
      : [`provision   by ${preview.provision.by}, at most ${preview.provision.limit} s`]),
    `verify      ${verifyText(preview)}`,
    ...valueLines(preview),
    `commands    ${commandsText(preview)}`,
  ].map(visible);
  if (commands.length === 0) return `${facts.join("\n")}\n`;
  const rows = commands.map(({ place, round, kind, text }) => [String(place), String(round), kind, visible(text)]);
  return `${facts.join("\n")}\n\n${table([["#", "round", "command", "what"], ...rows])}`;
}

function claimText({ claim }: RecipePreview): string {
  const tags = claim.tags.length === 0 ? "without tags" : `tags ${claim.tags.join(", ")}`;
  const rule = claim.rule === undefined ? "" : `, rule ${claim.rule}`;
  return claim.by === "elsewhere" ? "elsewhere: the unit is claimed already" : `${claim.by}, ${tags}${rule}`;
}

function modemText({ modem, boardSerial }: RecipePreview): string {
  const { minimum, maximum } = modem.firmware;
  const parts = [
    modem.models.length === 0 ? "any model" : `models ${modem.models.join(", ")}`,
    ...(modem.hardware === undefined ? [] : [`hardware ${modem.hardware.join(", ")}`]),
    ...(minimum === undefined ? [] : [`firmware from ${minimum}`]),
    ...(maximum === undefined ? [] : [`firmware up to ${maximum}`]),
    ...(boardSerial === null ? [] : [`board serial ${boardSerial.pattern}`]),
  ];
  return parts.join("; ");
}

function verifyText({ verify }: RecipePreview): string {
  const { readBack, forbidUnexpected, credentials = [], settings = {} } = verify;
  const extra =
    forbidUnexpected === false
      ? []
      : [
          forbidUnexpected === true
            ? "nothing unexpected"
            : `nothing unexpected on tags ${forbidUnexpected.join(", ")}`,
        ];
  const listed = credentials.map(
    ({ secTag, type, present }) => `${present === false ? "no type" : "type"} ${type} on tag ${secTag}`,
  );
  const read = Object.keys(settings).map((key) => `setting ${key}`);
  return [readBack ? "read back" : "not read back", ...extra, ...listed, ...read].join("; ");
}

function valueLines({ values }: RecipePreview): readonly string[] {
  if (values === null) return [];
  const { file, sha256, rows, key, column, row } = values;
  const head = `values      ${file}, ${rows} rows, by ${key} (column ${column}) [sha256:${sha256}]`;
  return [head, ...Object.entries(row ?? {}).map(([name, value]) => `            ${name} = ${valueText(value)}`)];
}

function valueText(value: string | Redacted): string {
  return typeof value === "string" ? JSON.stringify(value) : digestText(value);
}

function commandsText({ commands, queuedBy, rounds }: RecipePreview): string {
  const count = `${commands.length} in ${rounds} ${rounds === 1 ? "round" : "rounds"}`;
  switch (queuedBy) {
    case "station":
      return `${count} of at most 20, queued by the station`;
    case "rule":
      return commands.length === 0 ? "the rule's, whatever they are" : `${commands.length} expected of the rule`;
    case "elsewhere":
      return `${commands.length} expected in the unit's queue`;
    case "nobody":
      return "none: the attestation token is kept for a claim later on";
  }
}
