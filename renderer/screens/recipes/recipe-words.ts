import type { Recipe } from "../../../src/contract/recipe.ts";
import type { RecipeCommand, SecretSource } from "../../../src/contract/recipe-command.ts";

/** A text of the recipes' file with what stands in it. */
export type Words = { readonly key: string; readonly values?: Readonly<Record<string, string | number>> };

/** One command as the summary shows it. */
export type CommandWords = {
  /** What it does. */
  readonly does: Words;
  /** The security tag that it works on. */
  readonly tag?: number;
  /** The file that it takes. */
  readonly file?: string;
  /** Further sentences about it. */
  readonly more: readonly Words[];
  /** What is sent or set, as machines write it. */
  readonly code?: readonly string[];
};

/** What a command does, for people who know the product and not the file. */
export function commandWords({ kind, options }: RecipeCommand): CommandWords {
  const does: Words = { key: `commands.${kind}` };
  switch (kind) {
    case "certificateSigningRequest":
    case "cloudAccessKeyGeneration":
    case "clientPrivateKeyGeneration": {
      const { attributes, keyUsage } = options;
      const more: Words[] = [];
      if (attributes !== undefined) more.push({ key: "attributes", values: { attributes } });
      if (keyUsage !== undefined) more.push({ key: "keyUsage", values: { keyUsage } });
      return { does, tag: options.secTag, more };
    }
    case "endorsementKeyGeneration":
      return { does, tag: options.secTag, more: [] };
    case "serverCertificate":
      return { does, tag: options.secTag, file: options.file, more: [] };
    case "clientCertificate":
      if ("signedBy" in options)
        return { does, tag: options.secTag, more: [{ key: "signedBy", values: { authority: options.signedBy } }] };
      if ("column" in options)
        return { does, tag: options.secTag, more: [{ key: "fromColumn", values: { column: options.column } }] };
      return { does, tag: options.secTag, file: options.file, more: [] };
    case "clientPrivateKey": {
      const { key, password } = options;
      const more = [...sourceWords("key", key), ...(password === undefined ? [] : sourceWords("password", password))];
      return { does, tag: options.secTag, ...fileOf(key), more };
    }
    case "preSharedKey": {
      const { identity, key } = options;
      const more = [{ key: "identity", values: { identity } }, ...sourceWords("key", key)];
      return { does, tag: options.secTag, ...fileOf(key), more };
    }
    case "atCommand": {
      const { command, parameters, ignoreCmeErrors } = options;
      const ignored = { key: "ignored", values: { errors: ignoreCmeErrors.join(", ") } };
      const sent = `AT${command}${parameters === "" ? "" : `=${parameters}`}`;
      return { does, code: [sent], more: ignoreCmeErrors.length === 0 ? [] : [ignored] };
    }
    case "config":
      return { does, code: Object.entries(options).map(([key, value]) => `${key} = ${value}`), more: [] };
    case "finished":
      return { does, more: [] };
  }
}

function sourceWords(what: "key" | "password", source: SecretSource): readonly Words[] {
  if ("column" in source) return [{ key: `${what}FromColumn`, values: { column: source.column } }];
  if ("env" in source) return [{ key: `${what}FromVariable`, values: { variable: source.env } }];
  return what === "password" ? [{ key: "passwordFromFile", values: { file: source.file } }] : [];
}

function fileOf(source: SecretSource): { readonly file?: string } {
  return "file" in source ? { file: source.file } : {};
}

/** What a recipe asks of a unit before it writes anything. */
export function gateWords({ modem, boardSerial, claim, provision, values }: Recipe): readonly Words[] {
  const { minimum, maximum } = modem.firmware;
  const range = `${minimum === undefined ? "any" : "from"}${maximum === undefined ? "" : "To"}`;
  const firmware = { minimum: minimum ?? "", maximum: maximum ?? "" };
  return [
    modem.models.length === 0 ? { key: "anyModel" } : { key: "models", values: { models: modem.models.join(", ") } },
    ...(modem.hardware === undefined ? [] : [{ key: "hardware", values: { hardware: modem.hardware.join(", ") } }]),
    { key: `firmware.${range}`, values: firmware },
    ...serialWords(boardSerial),
    { key: `claim.${claim.by}` },
    ...(claim.rule === undefined ? [] : [{ key: "claim.rule", values: { rule: claim.rule } }]),
    ...(values === undefined ? [] : [{ key: `values.${values.key}`, values: { file: values.file } }]),
    ...(provision === undefined || provision.by === "station" ? [] : [{ key: `provision.${provision.by}` }]),
  ];
}

function serialWords(serial: Recipe["boardSerial"]): readonly Words[] {
  if (serial === undefined) return [{ key: "serialFree" }];
  const values = { pattern: serial.pattern };
  return [{ key: serial.required ? "serialRequired" : "serialOptional", values }];
}

/** What a recipe proves afterwards. */
export function verifyWords({ verify }: Recipe): readonly Words[] {
  const { readBack, forbidUnexpected, credentials = [], settings = {} } = verify;
  const keys = Object.keys(settings);
  return [
    { key: readBack ? "verify.readBack" : "verify.none" },
    ...(forbidUnexpected === true ? [{ key: "verify.forbidUnexpected" }] : []),
    ...(typeof forbidUnexpected === "boolean"
      ? []
      : [{ key: "verify.forbidTags", values: { tags: forbidUnexpected.join(", ") } }]),
    ...credentials.map(({ secTag, type, present }) => ({
      key: present === false ? "verify.absent" : "verify.held",
      values: { tag: secTag, type },
    })),
    ...(keys.length === 0 ? [] : [{ key: "verify.settings", values: { keys: keys.join(", ") } }]),
  ];
}

/** The files that a recipe names. */
export function namedBy({ commands, expect, values, verify }: Recipe): ReadonlySet<string> {
  return new Set([
    ...(values === undefined ? [] : [values.file]),
    ...(verify.credentials ?? []).flatMap(({ file }) => (file === undefined ? [] : [file])),
    ...[...commands, ...(expect ?? [])].flatMap(({ kind, options }) => {
      switch (kind) {
        case "serverCertificate":
        case "clientCertificate":
          return "file" in options ? [options.file] : [];
        case "clientPrivateKey":
        case "preSharedKey": {
          const sources = kind === "clientPrivateKey" ? [options.key, options.password] : [options.key];
          return sources.flatMap((source) => (source !== undefined && "file" in source ? [source.file] : []));
        }
        case "certificateSigningRequest":
        case "cloudAccessKeyGeneration":
        case "clientPrivateKeyGeneration":
        case "endorsementKeyGeneration":
        case "atCommand":
        case "config":
        case "finished":
          return [];
      }
    }),
  ]);
}
