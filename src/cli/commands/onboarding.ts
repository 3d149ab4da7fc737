import { join, resolve } from "node:path";
import { History } from "../../audit/history.ts";
import { readCertificates } from "../../audit/read-certificates.ts";
import type { RunFilter } from "../../contract/station-request.ts";
import { allRuns } from "../all-runs.ts";
import { required, type CheckedText, checkedText } from "../arguments.ts";
import { EXIT, type CliCommand, type CommandContext } from "../command.ts";
import { ensureFolder } from "../folder.ts";
import { FILTER_OPTIONS, runFilter } from "../run-filter.ts";
import { writeResult } from "../write-result.ts";

/** Rows that the service takes at once (peers.md 4.3). */
const ROWS = 1000;
const FIRMWARE_TYPES = "APP|MODEM";
const TAGS: CheckedText = {
  form: /^[A-Za-z0-9_.@:#-]{1,799}(?:,[A-Za-z0-9_.@:#-]{1,799})*$/,
  what: "words with commas",
};
const SUBTYPE: CheckedText = { form: /^[A-Za-z0-9_.,@/:#-]{1,799}$/, what: "one word" };
const TYPES: CheckedText = {
  form: /^(?:APP|MODEM|BOOT|SOFTDEVICE|BOOTLOADER)(?:,(?:APP|MODEM|BOOT|SOFTDEVICE|BOOTLOADER))*$/,
  what: "APP, MODEM, BOOT, SOFTDEVICE or BOOTLOADER with commas",
};

/** `station onboarding`: the CSV files with which a cloud account takes in what was provisioned, as the vendor's tools read them. */
export const onboardingCommand: CliCommand = {
  name: "onboarding",
  summary: "writes onboard.csv and devinfo.csv of passed units, as the vendor's tools read them",
  positionals: "",
  minPositionals: 0,
  maxPositionals: 0,
  options: {
    audit: { kind: "value", value: "FILE", help: "the audit database" },
    dir: {
      kind: "value",
      value: "DIR",
      help: "where the files go: onboard.csv (onboard-2.csv …, 1000 rows each), devinfo.csv",
    },
    tags: { kind: "value", value: "a,b", help: "tags of every device" },
    subtype: { kind: "value", value: "TEXT", help: "sub type of every device" },
    "fw-types": { kind: "value", value: "APP,MODEM", help: "firmware types (default APP,MODEM)" },
    ...FILTER_OPTIONS,
    json: { kind: "flag", help: "prints the result as one JSON object" },
  },
  async run(args, context) {
    const dir = resolve(required(args, "dir"));
    const audit = resolve(required(args, "audit"));
    const listed = (name: string, text: CheckedText): string =>
      (checkedText(args, name, text) ?? "").replaceAll(",", "|");
    const subtype = checkedText(args, "subtype", SUBTYPE) ?? "";
    const middle = [subtype, listed("tags", TAGS), listed("fw-types", TYPES) || FIRMWARE_TYPES].map(cell).join(",");
    const units = passedUnits(audit, runFilter(args), context);
    const certificates = newestCertificates(audit);
    const rows = [...units.keys()].flatMap((uuid) => {
      const pem = certificates.get(uuid);
      return pem === undefined ? [] : [`${uuid},${middle},${quoted(pem)}\n`];
    });
    await ensureFolder(dir);
    const files: string[] = [];
    for (let at = 0; at < rows.length; at += ROWS) {
      const file = join(dir, at === 0 ? "onboard.csv" : `onboard-${at / ROWS + 1}.csv`);
      await writeResult(file, rows.slice(at, at + ROWS).join(""));
      files.push(file);
    }
    const facts = [...units.values()].map(({ uuid, firmware, imei }) => `${uuid},${cell(firmware)},${imei}\n`);
    const devices = join(dir, "devinfo.csv");
    await writeResult(devices, facts.join(""));
    files.push(devices);
    const result = { files, units: units.size, certificates: rows.length };
    if (args.flag("json")) context.out(`${JSON.stringify(result)}\n`);
    else context.out(`${units.size} units, ${rows.length} with a certificate of one's own CA:\n${files.join("\n")}\n`);
    return EXIT.passed;
  },
};

type Unit = { readonly uuid: string; readonly imei: string; readonly firmware: string };

/** Units whose newest run of the filter that provisioned them passed, by device UUID. @throws StationError audit.* */
function passedUnits(audit: string, filter: RunFilter, { signal }: CommandContext): ReadonlyMap<string, Unit> {
  const history = new History(audit);
  try {
    const units = new Map<string, Unit>();
    for (const { uuid, imei, firmware } of allRuns(history, { ...filter, outcome: "PASS", purpose: "provision" })) {
      signal.throwIfAborted();
      if (uuid !== null && !units.has(uuid)) units.set(uuid, { uuid, imei: imei ?? "", firmware: firmware ?? "" });
    }
    return units;
  } finally {
    history.close();
  }
}

/** The newest certificate of each unit; the book lists the oldest first. */
function newestCertificates(audit: string): ReadonlyMap<string, string> {
  const rows = readCertificates(audit);
  return new Map(rows.flatMap(({ uuid, pem }) => (uuid === undefined || pem === undefined ? [] : [[uuid, pem]])));
}

function cell(text: string): string {
  return /[",\r\n]/.test(text) ? quoted(text) : text;
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
