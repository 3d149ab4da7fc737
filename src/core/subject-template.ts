import { subjectDer } from "./distinguished-name.ts";

/** What a template may take from a unit: `{{uuid}}`, `{{imei}}`, `{{boardSerial}}`. */
export const SUBJECT_FIELDS = ["uuid", "imei", "boardSerial"] as const;
export type SubjectField = (typeof SUBJECT_FIELDS)[number];

/** What is known of a unit that gets a certificate. */
export type SubjectFacts = Readonly<Partial<Record<SubjectField, string>>>;

/** The subject of certificates where nothing else is said. */
export const USUAL_SUBJECT = "CN={{uuid}}";

const PLACEHOLDER = /\{\{([^{}]*)\}\}/g;
const SAMPLE: SubjectFacts = {
  uuid: "50363154-3931-44f0-8022-121b6401627d",
  imei: "352656100367872",
  boardSerial: "A1",
};

/** What is wrong with a template such as `CN={{uuid}},O=Example`, in words that follow the field's name; undefined when nothing is. */
export function subjectTemplateProblem(template: string): string | undefined {
  const named = [...template.matchAll(PLACEHOLDER)].map(([, name]) => name ?? "");
  const strange = named.find((name) => !SUBJECT_FIELDS.some((field) => field === name));
  if (strange !== undefined) return `must take ${SUBJECT_FIELDS.map((field) => `{{${field}}}`).join(", ")} only`;
  if (named.length === 0) return "must hold {{uuid}}, {{imei}} or {{boardSerial}}: each unit needs a name of its own";
  return subjectDer(filled(template, SAMPLE)) === undefined
    ? "must be attributes such as CN={{uuid}},O=Example"
    : undefined;
}

/** The first field that a template takes and a unit does not have. */
export function missingField(template: string, facts: SubjectFacts): SubjectField | undefined {
  return SUBJECT_FIELDS.find((field) => template.includes(`{{${field}}}`) && (facts[field] ?? "") === "");
}

/** The subject of a unit's certificate as text and as DER; undefined where a value does not suit its attribute. */
export function subjectOf(
  template: string,
  facts: SubjectFacts,
): { readonly text: string; readonly der: Uint8Array } | undefined {
  const text = filled(template, facts);
  const der = subjectDer(text);
  return der === undefined ? undefined : { text, der };
}

/** Values stand for themselves: what has a meaning in a template is written with a backslash. */
function filled(template: string, facts: SubjectFacts): string {
  return template.replaceAll(PLACEHOLDER, (whole, name: string) => {
    const field = SUBJECT_FIELDS.find((known) => known === name);
    return field === undefined ? whole : (facts[field] ?? "").replaceAll(/[,\\]/g, "\\$&");
  });
}
