import { rename, rm } from "node:fs/promises";
import type { ExportOrder } from "../contract/history.ts";
import type { Clock } from "../core/clock.ts";
import { StationError } from "../core/error.ts";
import { isoTime } from "../core/iso-time.ts";
import type { AuditStore, SignedHead } from "./audit-store.ts";
import type { ExportDraft } from "./export-draft.ts";
import { writeDurably } from "./durable-file.ts";
import { manifestOf, scopeOf, type Manifest, type ManifestBody } from "./manifest.ts";
import type { Watch } from "./verify-database.ts";

/** Writes the rows: the history thread's client, or {@link draftExport} itself where nothing else waits. */
export type Drafting = (order: ExportOrder, watch: Watch) => Promise<ExportDraft>;

/** With what an export is made. */
export type ExportTools = Watch & {
  readonly draft: Drafting;
  readonly clock: Clock;
  /** Signs the export and records it in the chain; absent where only a copy is at hand. */
  readonly store?: Pick<AuditStore, "recordExport">;
};

/** A finished export. */
export type ExportResult = {
  readonly out: string;
  readonly manifest: string;
  readonly rows: number;
  readonly sha256: string;
  /** Whether the signature covers the export, or only the chain that it was read from. */
  readonly signature: "export" | "chain";
};

/**
 * Exports runs: writes the rows, records and signs the export where a store is given, and puts file and manifest in place
 * when both are complete.
 * @throws StationError audit.*; the signal's reason
 */
export async function makeExport(order: ExportOrder, tools: ExportTools): Promise<ExportResult> {
  const { clock, store } = tools;
  const draft = await tools.draft(order, tools);
  const { out, temporary } = draft;
  try {
    const body: ManifestBody = { ...draft.body, madeAt: isoTime(clock.now()) };
    const head = store === undefined ? draft.head : await signed(store, body);
    await place(draft, { ...body, head });
    const { rows, sha256 } = body;
    return { out, manifest: manifestOf(out), rows, sha256, signature: store === undefined ? "chain" : "export" };
  } finally {
    await rm(temporary, { force: true });
  }
}

function signed(store: Pick<AuditStore, "recordExport">, body: ManifestBody): Promise<SignedHead> {
  const { madeAt: at, format, rows, sha256 } = body;
  return store.recordExport({ at, format, rows, sha256, scope: scopeOf(body) });
}

async function place({ temporary, out }: ExportDraft, manifest: Manifest): Promise<void> {
  try {
    await rename(temporary, out);
    await writeDurably(manifestOf(out), `${JSON.stringify(manifest, undefined, 1)}\n`);
  } catch (error) {
    throw new StationError("audit.export", "the export cannot be put in place", { file: out }, { cause: error });
  }
}
