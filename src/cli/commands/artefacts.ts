import { join, resolve } from "node:path";
import { History } from "../../audit/history.ts";
import type { RunRecord } from "../../contract/history.ts";
import type { RunFilter } from "../../contract/station-request.ts";
import { allRuns } from "../all-runs.ts";
import { required } from "../arguments.ts";
import { EXIT, type CliCommand, type CommandContext } from "../command.ts";
import { ensureFolder } from "../folder.ts";
import { table } from "../output/table.ts";
import { FILTER_OPTIONS, runFilter } from "../run-filter.ts";
import { writeResult } from "../write-result.ts";

/** One file that is written. */
type ArtefactFile = {
  readonly file: string;
  readonly uuid: string;
  readonly run: string;
  readonly sha256: string;
  readonly keySha256: string | null;
  readonly text: string;
};

/** `station artefacts`: signing requests and public keys of units as PEM files. */
export const artefactsCommand: CliCommand = {
  name: "artefacts",
  summary: "writes the signing requests and public keys that units made as PEM files, with filters",
  positionals: "",
  minPositionals: 0,
  maxPositionals: 0,
  options: {
    audit: { kind: "value", value: "FILE", help: "the audit database" },
    dir: { kind: "value", value: "DIR", help: "where the files go: UNIT-csr-TAG.pem, UNIT-public-key-TAG.pem" },
    ...FILTER_OPTIONS,
    json: { kind: "flag", help: "prints the result as one JSON object" },
  },
  async run(args, context) {
    const dir = resolve(required(args, "dir"));
    const files = newestArtefacts(resolve(required(args, "audit")), runFilter(args), context);
    await ensureFolder(dir);
    for (const { file, text } of files) await writeResult(join(dir, file), text);
    const told = files.map(({ text: _text, ...rest }) => rest);
    if (args.flag("json")) context.out(`${JSON.stringify({ dir, files: told })}\n`);
    else
      context.out(
        table([
          ["File", "SHA-256 of the key"],
          ...told.map(({ file, keySha256, sha256 }) => [file, keySha256 ?? sha256]),
        ]),
      );
    return EXIT.passed;
  },
};

/** The newest artefact of each name of each unit, units by their newest run. @throws StationError audit.* */
function newestArtefacts(audit: string, filter: RunFilter, { signal }: CommandContext): readonly ArtefactFile[] {
  const history = new History(audit);
  try {
    const files = new Map<string, ArtefactFile>();
    const names = new Set<string>();
    for (const run of allRuns(history, filter)) {
      signal.throwIfAborted();
      for (const { name, sha256, keySha256 = null, text } of history.artefacts(run.id).toReversed()) {
        const key = `${run.uuid ?? run.id} ${name}`;
        if (text === undefined || files.has(key)) continue;
        const file = freeName(names, run, name);
        files.set(key, { file, uuid: run.uuid ?? "", run: run.id, sha256, keySha256, text });
      }
    }
    return [...files.values()];
  } finally {
    history.close();
  }
}

/** Named by board serial, IMEI or device UUID; two units with one serial are told apart by their UUIDs. */
function freeName(names: Set<string>, run: RunRecord, name: string): string {
  const unit = run.boardSerial ?? run.imei ?? run.uuid ?? run.id;
  const candidates = [unit, `${unit}-${run.uuid ?? run.id}`].map((text) => `${plain(text)}-${plain(name)}.pem`);
  const [short = "", long = ""] = candidates;
  const file = names.has(short.toLowerCase()) ? long : short;
  names.add(file.toLowerCase());
  return file;
}

/** Letters, digits, dots and dashes: what every file system takes. */
function plain(text: string): string {
  return text.replaceAll(/[^A-Za-z0-9._-]+/g, "-").replace(/^[.-]+/, "_");
}
