import { z } from "zod";
import { subjectTemplateProblem, USUAL_SUBJECT } from "../core/subject-template.ts";
import { label } from "./common.ts";

/** The name by which recipes call a CA of one's own. */
export const AuthorityNameSchema = z
  .string()
  .regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62}[A-Za-z0-9])?$/, "must be 1 to 64 letters, digits, dots, dashes");

/** Days that a certificate is valid. */
export const VALIDITY_DAYS = { least: 1, usual: 3650, most: 36_500 } as const;

const SubjectTemplateSchema = z
  .string()
  .max(512)
  .superRefine((text, context) => {
    const message = subjectTemplateProblem(text);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });

const fields = {
  name: AuthorityNameSchema,
  /** File of the CA's certificate, PEM; behind it the certificates that lead to its root, where it is none itself. */
  certificate: label(1024),
  /** File of the CA's private key, PEM; readable by the station's user only. */
  key: label(1024),
  /** The environment variable that holds the key's passphrase. */
  passphraseEnv: z
    .string()
    .regex(/^[A-Z_][A-Z0-9_]{0,63}$/, "must be an environment variable's name in capitals")
    .exactOptional(),
  /** Subject of the certificates, made of what is known of the unit; what its request says of a subject does not count. */
  subject: SubjectTemplateSchema.default(USUAL_SUBJECT),
  /** How long the certificates are valid; never longer than the CA's own. */
  days: z.int().min(VALIDITY_DAYS.least).max(VALIDITY_DAYS.most).default(VALIDITY_DAYS.usual),
};

/** A CA of one's own that signs what units ask for; part of a profile. */
export const AuthoritySchema = z.strictObject(fields);
export type Authority = z.output<typeof AuthoritySchema>;

/** The CAs of a profile; each name once. */
export const AuthoritiesSchema = z
  .array(AuthoritySchema)
  .max(8)
  .superRefine((authorities, context) => {
    for (const [index, { name }] of authorities.entries())
      if (authorities.findIndex((other) => other.name === name) !== index)
        context.addIssue({ code: "custom", path: [index, "name"], message: "must be a name of its own" });
  });

/** The same in a file of its own, for the command line. */
export const AuthorityFileSchema = z.strictObject({ authority: z.literal(1), ...fields });
