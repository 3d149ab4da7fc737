import type { RecipeCommand, SecretSource } from "../contract/recipe-command.ts";
import { expectedCommands, type Recipe, type ResolvedRecipe } from "../contract/recipe.ts";
import { redactAtCommand } from "../core/at-redaction.ts";
import { redact, type Redacted, type Sha256 } from "../core/digest.ts";
import { roundsOf } from "../run/queue-portion.ts";
import { unitRecipe } from "../run/unit-recipe.ts";
import { signingFacts } from "../cloud/owner-command.ts";
import type { LoadedRecipe } from "../station/files/recipe-file.ts";
import type { ValueRow } from "../station/files/value-table.ts";

/** A command as it would be queued; contents by digest and length. */
export type PreviewedCommand = {
  /** From 1. */
  readonly place: number;
  /** The portion of the unit's queue that it goes with, from 1. */
  readonly round: number;
  readonly kind: RecipeCommand["kind"];
  readonly text: string;
  readonly contents: readonly (Redacted & { readonly of: string })[];
};

/** What a recipe would send to the service for a unit, and what it proves afterwards. */
export type RecipePreview = {
  readonly product: string;
  readonly revision: string;
  readonly sha256: string;
  readonly claim: Recipe["claim"];
  readonly modem: Recipe["modem"];
  readonly boardSerial: NonNullable<Recipe["boardSerial"]> | null;
  readonly provision: NonNullable<Recipe["provision"]> | null;
  /** `rule`: the service queues them; `elsewhere`: the owner did; the station expects these. */
  readonly queuedBy: "station" | "rule" | "elsewhere" | "nobody";
  readonly rounds: number;
  readonly commands: readonly PreviewedCommand[];
  readonly verify: Recipe["verify"];
  readonly values: PreviewedValues | null;
};

type PreviewedValues = {
  readonly file: string;
  readonly sha256: string;
  readonly rows: number;
  readonly key: string;
  readonly column: string;
  readonly secret: readonly string[];
  readonly ignore: readonly string[];
  /** The row that was asked for; secret values by digest and length. */
  readonly row: Readonly<Record<string, string | Redacted>> | null;
};

/** Stand for what only the unit itself tells. */
const UNKNOWN_UNIT = { uuid: "{{uuid}}", imei: "{{imei}}", boardSerial: "{{boardSerial}}" };

/** @param row the row to fill in; without one, texts keep their placeholders */
export function previewRecipe(
  { recipe, values }: LoadedRecipe,
  row: ValueRow | undefined,
  sha256: Sha256,
): RecipePreview {
  const shown = row === undefined ? recipe : unitRecipe(recipe, namesOf(recipe, row), row.values, sha256);
  const { product, revision, claim, modem, boardSerial, provision, verify } = shown.recipe;
  const rounds = roundsOf(expectedCommands(shown.recipe).map(signingFacts));
  const commands = expectedCommands(shown.recipe).map((command, index) => ({
    ...{ place: index + 1, round: rounds[index] ?? 1, kind: command.kind },
    ...shownCommand(command, shown, sha256),
  }));
  return {
    ...{ product, revision, sha256: recipe.sha256, claim, modem },
    ...{ boardSerial: boardSerial ?? null, provision: provision ?? null, queuedBy: queuedBy(shown.recipe) },
    ...{ rounds: rounds.at(-1) ?? 0, commands, verify },
    values: values === undefined ? null : previewedValues(recipe, row, sha256),
  };
}

function namesOf({ recipe }: ResolvedRecipe, { key }: ValueRow): typeof UNKNOWN_UNIT {
  const by = recipe.values?.key;
  return by === undefined || by === "next" ? UNKNOWN_UNIT : { ...UNKNOWN_UNIT, [by]: key };
}

function queuedBy({ claim }: Recipe): RecipePreview["queuedBy"] {
  if (claim.rule !== undefined) return "rule";
  return claim.by === "later" ? "nobody" : claim.by;
}

type Shown = Pick<PreviewedCommand, "text" | "contents">;

function shownCommand(command: RecipeCommand, from: ResolvedRecipe, sha256: Sha256): Shown {
  switch (command.kind) {
    case "certificateSigningRequest":
    case "cloudAccessKeyGeneration":
    case "clientPrivateKeyGeneration": {
      const { secTag, attributes, keyUsage } = command.options;
      return plain(secTag, attributes && `attributes ${attributes}`, keyUsage && `key usage ${keyUsage}`);
    }
    case "endorsementKeyGeneration":
      return plain(command.options.secTag);
    case "serverCertificate":
      return withContents(plain(command.options.secTag), from, sha256, { content: command.options });
    case "clientCertificate": {
      const { options } = command;
      if ("signedBy" in options) return plain(options.secTag, `signed by ${options.signedBy}`);
      return withContents(plain(options.secTag), from, sha256, { content: options });
    }
    case "clientPrivateKey": {
      const { secTag, key, password } = command.options;
      return withContents(plain(secTag), from, sha256, { key, ...(password === undefined ? {} : { password }) });
    }
    case "preSharedKey": {
      const { secTag, identity, key } = command.options;
      return withContents(plain(secTag, `identity ${identity}`), from, sha256, { key });
    }
    case "atCommand": {
      const { command: name, parameters, ignoreCmeErrors } = command.options;
      const ignored = ignoreCmeErrors.length === 0 ? "" : `, CME errors ${ignoreCmeErrors.join(" ")} ignored`;
      const line = parameters === "" ? `AT${name}` : `AT${name}=${parameters}`;
      return { text: `${redactAtCommand(line, sha256)}${ignored}`, contents: [] };
    }
    case "config": {
      const pairs = Object.entries(command.options).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
      return { text: pairs.join(", "), contents: [] };
    }
    case "finished":
      return { text: "the end of the list", contents: [] };
  }
}

function plain(secTag: number, ...more: readonly (string | undefined)[]): Shown {
  return { text: [`tag ${secTag}`, ...more.filter((part) => part !== undefined)].join(", "), contents: [] };
}

function withContents(
  shown: Shown,
  from: ResolvedRecipe,
  sha256: Sha256,
  sources: Readonly<Record<string, SecretSource>>,
): Shown {
  const found = Object.entries(sources).map(([of, source]) => ({ of, ...contentOf(source, from, sha256) }));
  const texts = found.map(
    ({ of, name, digest }) => `${of} from ${name}${digest === undefined ? "" : ` ${digestText(digest)}`}`,
  );
  const contents = found.flatMap(({ of, digest }) => (digest === undefined ? [] : [{ of, ...digest }]));
  return { text: [shown.text, ...texts].join(", "), contents };
}

/** A digest as records show it. */
export function digestText({ sha256, length }: Redacted): string {
  return `[sha256:${sha256} length:${length}]`;
}

function contentOf(
  source: SecretSource,
  { files, secrets }: ResolvedRecipe,
  sha256: Sha256,
): { readonly name: string; readonly digest?: Redacted } {
  if ("column" in source) return { name: `column ${source.column}` };
  if ("env" in source) {
    const text = Object.hasOwn(secrets, source.env) ? secrets[source.env] : undefined;
    return { name: `variable ${source.env}`, ...(text === undefined ? {} : { digest: redact(text, sha256) }) };
  }
  const file = Object.hasOwn(files, source.file) ? files[source.file] : undefined;
  const name = source.file.replace(/^column:/, "column ");
  return { name, ...(file === undefined ? {} : { digest: { sha256: file.sha256, length: file.length } }) };
}

function previewedValues(
  { recipe, values: file }: ResolvedRecipe,
  row: ValueRow | undefined,
  sha256: Sha256,
): PreviewedValues | null {
  const { values } = recipe;
  if (values === undefined || file === undefined) return null;
  const shown = (name: string, value: string): string | Redacted =>
    values.secret.includes(name) ? redact(value, sha256) : value;
  return {
    ...{ file: values.file, sha256: file.sha256, rows: file.rows, key: values.key, column: file.column },
    ...{ secret: values.secret, ignore: values.ignore },
    row:
      row === undefined
        ? null
        : Object.fromEntries(Object.entries(row.values).map(([name, value]) => [name, shown(name, value)])),
  };
}
