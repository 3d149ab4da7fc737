import type { Authority } from "../../../src/contract/authority.ts";
import { ProfileSchema, type Profile } from "../../../src/contract/profile.ts";

/** A profile as it stands in the form: every field a text, empty where it is not given. */
export type ProfileForm = {
  readonly name: string;
  readonly service: Profile["service"];
  readonly transport: Profile["transport"];
  readonly host: string;
  readonly port: string;
  readonly ca: string;
  readonly coapHost: string;
  readonly coapPort: string;
  readonly coapCa: string;
  readonly ownerBase: string;
  readonly ownerCa: string;
  readonly keyEnv: string;
  readonly proxy: string;
  readonly compatibility: Profile["compatibility"];
  readonly clientVersion: string;
  readonly rxBytes: string;
  readonly txBytes: string;
  readonly atBytes: string;
  readonly records: string;
  readonly caName: string;
  readonly caCertificate: string;
  readonly caKey: string;
  readonly caPassphraseEnv: string;
  readonly caSubject: string;
  readonly caDays: string;
};

export type FormField = keyof ProfileForm;

/** Where each field stands in a profile. */
const PATHS: Readonly<Record<FormField, string>> = {
  ...{ name: "name", service: "service", transport: "transport" },
  ...{ host: "https.host", port: "https.port", ca: "https.ca" },
  ...{ coapHost: "coaps.host", coapPort: "coaps.port", coapCa: "coaps.ca" },
  ...{ ownerBase: "owner.base", ownerCa: "owner.ca", keyEnv: "owner.keyEnv", proxy: "proxy" },
  ...{ compatibility: "compatibility", clientVersion: "clientVersion" },
  ...{ rxBytes: "limits.rxBytes", txBytes: "limits.txBytes", atBytes: "limits.atBytes", records: "limits.records" },
  ...{ caName: "authorities.0.name", caCertificate: "authorities.0.certificate", caKey: "authorities.0.key" },
  ...{ caPassphraseEnv: "authorities.0.passphraseEnv", caSubject: "authorities.0.subject" },
  caDays: "authorities.0.days",
};

/** The profile in the form's fields. */
export function formOf(profile: Profile): ProfileForm {
  const { name, service, transport, https, coaps, owner, proxy = "", compatibility, clientVersion, limits } = profile;
  const [authority] = profile.authorities ?? [];
  return {
    ...{ name, service, transport, proxy, compatibility, clientVersion },
    ...{ host: https?.host ?? "", port: String(https?.port ?? ""), ca: https?.ca ?? "" },
    ...{ coapHost: coaps?.host ?? "", coapPort: String(coaps?.port ?? ""), coapCa: coaps?.ca ?? "" },
    ...{ ownerBase: owner?.base ?? "", ownerCa: owner?.ca ?? "", keyEnv: owner?.keyEnv ?? "" },
    ...{ rxBytes: String(limits.rxBytes), txBytes: String(limits.txBytes) },
    ...{ atBytes: String(limits.atBytes), records: String(limits.records) },
    ...{ caName: authority?.name ?? "", caCertificate: authority?.certificate ?? "", caKey: authority?.key ?? "" },
    ...{ caPassphraseEnv: authority?.passphraseEnv ?? "", caSubject: authority?.subject ?? "" },
    caDays: authority === undefined ? "" : String(authority.days),
  };
}

/** What a form makes: a profile, or the fields that are wrong. */
export type FormResult =
  { readonly ok: true; readonly profile: Profile } | { readonly ok: false; readonly wrong: ReadonlySet<FormField> };

/**
 * Reads the form.
 * @param further CAs of the profile beside the one in the form: they stay as they are
 */
export function profileOf(form: ProfileForm, further: readonly Authority[] = []): FormResult {
  const parsed = ProfileSchema.safeParse(contentOf(trimmed(form), further));
  if (parsed.success) return { ok: true, profile: parsed.data };
  return { ok: false, wrong: new Set(parsed.error.issues.map(({ path }) => fieldAt(path.map(String).join(".")))) };
}

/** The field of a place in a profile; places that have none count to the nearest above. */
export function fieldAt(place: string): FormField {
  const fields = Object.keys(PATHS) as FormField[];
  const own = fields.find((field) => PATHS[field] === place);
  return own ?? fields.find((field) => PATHS[field].startsWith(`${place}.`)) ?? "name";
}

function contentOf(form: ProfileForm, further: readonly Authority[]): unknown {
  const { name, service, transport, proxy, compatibility, clientVersion } = form;
  return {
    ...{ profile: 1, name, service, transport, compatibility, clientVersion },
    ...endpoint("https", form.host, form.port, form.ca, transport === "https"),
    ...endpoint("coaps", form.coapHost, form.coapPort, form.coapCa, transport === "coaps"),
    ...owner(form),
    ...given({ proxy }),
    ...authorities(form, further),
    limits: {
      ...{ rxBytes: number(form.rxBytes), txBytes: number(form.txBytes) },
      ...{ atBytes: number(form.atBytes), records: number(form.records) },
    },
  };
}

/** An endpoint that is empty is not given, unless the transport needs it. */
function endpoint(name: "https" | "coaps", host: string, port: string, ca: string, needed: boolean): object {
  if (!needed && host === "" && port === "" && ca === "") return {};
  return { [name]: { host, ca, ...(port === "" ? {} : { port: number(port) }) } };
}

function owner({ ownerBase: base, ownerCa: ca, keyEnv }: ProfileForm): object {
  return base === "" && ca === "" && keyEnv === "" ? {} : { owner: { base, ...given({ ca, keyEnv }) } };
}

function authorities(form: ProfileForm, further: readonly Authority[]): object {
  const { caName: name, caCertificate: certificate, caKey: key, caDays: days } = form;
  const optional = given({ passphraseEnv: form.caPassphraseEnv, subject: form.caSubject });
  const isEmpty = [name, certificate, key, days, ...Object.values(optional)].every((text) => text === "");
  const own: readonly object[] = isEmpty
    ? []
    : [{ name, certificate, key, ...optional, ...(days === "" ? {} : { days: number(days) }) }];
  const all: readonly object[] = [...own, ...further];
  return all.length === 0 ? {} : { authorities: all };
}

function given(texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ""));
}

/** A whole number; anything else is none. */
function number(text: string): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
}

function trimmed(form: ProfileForm): ProfileForm {
  return Object.fromEntries(Object.entries(form).map(([field, text]) => [field, text.trim()])) as ProfileForm;
}

/** A free name for a copy: `own`, `own-2`, … */
export function freeId(wish: string, taken: readonly string[]): string {
  const base = wish.slice(0, 58).replace(/[^a-z0-9]+$/, "");
  for (let count = 1; ; count++) {
    const id = count === 1 ? base : `${base}-${count}`;
    if (!taken.includes(id)) return id;
  }
}
