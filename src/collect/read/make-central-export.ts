import { rename, rm } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { syncFolder } from "../../audit/durable-file.ts";
import { partOf } from "../../audit/export-sheet.ts";
import { manifestOf } from "../../audit/manifest.ts";
import type { ExportOrder } from "../../contract/history.ts";
import { StationError } from "../../core/error.ts";
import type { CentralDraft, CentralDraftOrder } from "./central-export.ts";

/** A finished export of a line's runs. It has no manifest: each run's proof is the record of its own station. */
export type CentralExport = { readonly out: string; readonly rows: number; readonly sha256: string };

/**
 * Exports runs of a line: has them written under a temporary name and puts the file in place when it is complete. Whatever
 * happens, the thread that writes being lost included, nothing else stays behind.
 * @param draft writes the rows: the thread that reads the central database
 * @throws StationError audit.export; what `draft` throws
 */
export async function exportCentral(
  order: ExportOrder,
  draft: (order: CentralDraftOrder) => Promise<CentralDraft>,
): Promise<CentralExport> {
  const out = resolve(order.out);
  const temporary = partOf(out);
  try {
    const written = await draft({ ...order, out, temporary });
    await place(temporary, out);
    return { out, ...written };
  } finally {
    // A thread that was just ended may hold the file a little longer; only `recursive` tries again.
    await rm(temporary, { force: true, recursive: true, maxRetries: 5 }).catch(() => undefined);
  }
}

async function place(temporary: string, out: string): Promise<void> {
  try {
    await rename(temporary, out);
    // That of an export whose place this one takes: it would call this one changed.
    await rm(manifestOf(out), { force: true });
    await syncFolder(dirname(out));
  } catch (error) {
    throw new StationError("audit.export", "the export cannot be put in place", { file: out }, { cause: error });
  }
}
