import { writeDurably } from "../../audit/durable-file.ts";
import { GoldenReferenceSchema, type GoldenReference } from "../../contract/proof.ts";
import { StationError } from "../../core/error.ts";
import { loadDocument } from "./load-document.ts";

/** The reference of a golden unit out of its file. @throws StationError file.*; file.missing when none was learned */
export async function loadGolden(path: string): Promise<GoldenReference> {
  return (await loadDocument(path, GoldenReferenceSchema)).value;
}

/** Keeps a reference, whole or not at all. @throws StationError station.golden-unwritable */
export async function saveGolden(path: string, reference: GoldenReference): Promise<void> {
  try {
    await writeDurably(path, `${JSON.stringify(reference, undefined, 2)}\n`);
  } catch (cause) {
    throw new StationError("station.golden-unwritable", "the reference cannot be written", { file: path }, { cause });
  }
}
