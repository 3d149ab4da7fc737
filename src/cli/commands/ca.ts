import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { openAuditStore } from "../../audit/open-audit-store.ts";
import type { CertificateRow, SignedCertificate } from "../../audit/certificate-book.ts";
import { readCertificates } from "../../audit/read-certificates.ts";
import { AuthorityNameSchema, VALIDITY_DAYS } from "../../contract/authority.ts";
import { StationError } from "../../core/error.ts";
import { parseDeviceUuid, parseImei } from "../../core/ids.ts";
import { Secret } from "../../core/secret.ts";
import type { SubjectFacts } from "../../core/subject-template.ts";
import { STATION_VERSION } from "../../core/version.ts";
import { REQUEST_LIMIT } from "../../pki/certificate-request.ts";
import { AUTHORITY_FILES, makeAuthority } from "../../pki/make-authority.ts";
import { CertificateIssuer } from "../../station/certificate-issuer.ts";
import { loadAuthority } from "../../station/files/authority-file.ts";
import { readTextFile } from "../../station/files/text-file.ts";
import { required, wholeNumber } from "../arguments.ts";
import { EXIT, type Arguments, type CliCommand, type CommandContext, type ExitCode } from "../command.ts";
import { writeJson } from "../folder.ts";
import { table } from "../output/table.ts";
import { signingWith } from "../signing.ts";

const AUTHORITY_FILE = "authority.json";

/** `station ca`: a CA of one's own: makes one, signs a request with one, lists what was given out. */
export const caCommand: CliCommand = {
  name: "ca",
  summary: "a CA of one's own: makes one, signs a request, lists what was given out",
  positionals: "init|sign|list [CSR]",
  minPositionals: 1,
  maxPositionals: 2,
  options: {
    dir: { kind: "value", value: "DIR", help: "init: folder of the new CA" },
    name: { kind: "value", value: "NAME", help: "init: its name in recipes and in its certificate" },
    days: { kind: "value", value: "N", help: `init: days that it is valid (default ${VALIDITY_DAYS.usual})` },
    "passphrase-env": { kind: "value", value: "VARIABLE", help: "init: encrypts the key with what the variable holds" },
    ca: { kind: "value", value: "FILE", help: "sign: the CA's file, as init writes it" },
    uuid: { kind: "value", value: "UUID", help: "sign: device UUID of the unit that the request is from" },
    imei: { kind: "value", value: "IMEI", help: "sign: its IMEI, where the subject takes it" },
    serial: { kind: "value", value: "TEXT", help: "sign: its board serial, where the subject takes it" },
    out: { kind: "value", value: "FILE", help: "sign: writes the certificate there (default: prints it)" },
    anew: { kind: "flag", help: "sign: another certificate, though this request has one" },
    db: { kind: "value", value: "FILE", help: "sign, list: the audit database; sign makes it when missing" },
    json: { kind: "flag", help: "prints JSON" },
  },
  run(args, context) {
    const [task, file] = args.positionals;
    if (task === "init" && file === undefined) return init(args, context);
    if (task === "sign" && file !== undefined) return sign(args, resolve(file), context);
    if (task === "list" && file === undefined) return list(args, context);
    throw new StationError("usage.option", "ca takes init, sign CSR or list", { given: task ?? "" });
  },
};

async function init(args: Arguments, context: CommandContext): Promise<ExitCode> {
  const dir = resolve(required(args, "dir"));
  const name = authorityName(required(args, "name"));
  const days = wholeNumber(args, "days", [VALIDITY_DAYS.least, VALIDITY_DAYS.most], VALIDITY_DAYS.usual);
  const variable = args.value("passphrase-env");
  const passphrase = variable === undefined ? undefined : passphraseIn(variable, context);
  const { clock } = context;
  const authority = await makeAuthority({ dir, name, days, passphrase, clock, random: randomBytes });
  const sealed = variable === undefined ? {} : { passphraseEnv: variable };
  await writeJson(dir, AUTHORITY_FILE, { authority: 1, name, ...AUTHORITY_FILES, ...sealed });
  const made = { file: join(dir, AUTHORITY_FILE), certificate: join(dir, AUTHORITY_FILES.certificate) };
  const facts = { name, ...made, sha256: authority.sha256, notAfter: new Date(authority.notAfter).toISOString() };
  if (args.flag("json")) context.out(`${JSON.stringify(facts)}\n`);
  else
    context.out(
      Object.entries(facts)
        .map(([key, text]) => `${key.padEnd(12)}${text}\n`)
        .join(""),
    );
  return EXIT.passed;
}

async function sign(args: Arguments, file: string, context: CommandContext): Promise<ExitCode> {
  const authority = await loadAuthority(resolve(required(args, "ca")));
  const database = resolve(required(args, "db"));
  const facts = factsOf(args);
  const { text: csr } = await readTextFile(file, REQUEST_LIMIT);
  const { clock, signal } = context;
  const opened = { file: database, clock, random: randomBytes, version: STATION_VERSION, program: "station" };
  const { store } = await openAuditStore(opened);
  try {
    const parts = { ...signingWith([authority], context), book: store.certificates, clock, random: randomBytes };
    const { uuid } = facts;
    const order = { authority: authority.name, csr, facts, anew: args.flag("anew"), ...(uuid && { uuid }) };
    const signed = await new CertificateIssuer(parts).issue(order, signal);
    await give(signed, args, context);
    return EXIT.passed;
  } finally {
    await store.close();
  }
}

async function give(signed: SignedCertificate, args: Arguments, context: CommandContext): Promise<void> {
  const out = args.value("out");
  if (out !== undefined) await writeOut(resolve(out), signed.pem);
  if (args.flag("json")) context.out(`${JSON.stringify(signed)}\n`);
  else if (out === undefined) context.out(signed.pem);
  if (!args.flag("json")) context.err(`${signed.subject}, serial ${signed.serial}, valid to ${signed.notAfter}\n`);
}

function list(args: Arguments, context: CommandContext): Promise<ExitCode> {
  const rows = readCertificates(resolve(required(args, "db")));
  context.out(args.flag("json") ? `${JSON.stringify({ certificates: rows })}\n` : table(listed(rows)));
  return Promise.resolve(EXIT.passed);
}

function listed(rows: readonly CertificateRow[]): readonly (readonly string[])[] {
  const heading = ["allotted", "serial", "subject", "valid to", "SHA-256", "device", "run"];
  return [
    heading,
    ...rows.map(({ allottedAt, serial, subject, notAfter, sha256, uuid, run }) => [
      ...[allottedAt, serial, subject ?? "never used", notAfter ?? "", sha256 ?? "", uuid ?? "", run ?? ""],
    ]),
  ];
}

function factsOf(args: Arguments): SubjectFacts & { readonly uuid?: ReturnType<typeof parseDeviceUuid> & string } {
  const [uuidText, imeiText, boardSerial] = [args.value("uuid"), args.value("imei"), args.value("serial")];
  const uuid = uuidText === undefined ? undefined : parseDeviceUuid(uuidText);
  const imei = imeiText === undefined ? undefined : parseImei(imeiText);
  if (uuidText !== undefined && uuid === undefined)
    throw new StationError("usage.option", "--uuid is no device UUID", { given: uuidText.slice(0, 40) });
  if (imeiText !== undefined && imei === undefined)
    throw new StationError("usage.option", "--imei is not 15 digits", { given: imeiText.slice(0, 40) });
  return {
    ...(uuid === undefined ? {} : { uuid }),
    ...(imei === undefined ? {} : { imei }),
    ...(boardSerial === undefined ? {} : { boardSerial }),
  };
}

function authorityName(text: string): string {
  const parsed = AuthorityNameSchema.safeParse(text);
  if (parsed.success) return parsed.data;
  throw new StationError("usage.option", "--name must be 1 to 64 letters, digits, dots, dashes", {
    given: text.slice(0, 80),
  });
}

function passphraseIn(variable: string, { environment }: CommandContext): Secret {
  const text = Object.hasOwn(environment, variable) ? environment[variable] : undefined;
  if (text !== undefined && text !== "") return new Secret(text);
  throw new StationError("pki.passphrase-missing", "the environment variable is not set", { variable });
}

async function writeOut(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text);
  } catch (cause) {
    throw new StationError("pki.files-unwritable", "the certificate cannot be written", { path }, { cause });
  }
}
