import type { RunRecord } from "../../../src/contract/history.ts";

/** A fact of a unit or its run. */
export type FactName =
  | "model"
  | "firmware"
  | "hardware"
  | "imei"
  | "uuid"
  | "iccid"
  | "boardSerial"
  | "recipe"
  | "operator"
  | "link"
  | "release"
  | "again"
  | "batch"
  | "run";

/** One fact; `kind` says how it is written: as it is, in fixed width, or as a word of the language. */
export type UnitFact = { readonly name: FactName; readonly kind: "text" | "mono" | "word"; readonly value: string };

/** What is known of a run and its unit; what is not known is left out. */
export function factsOf(run: RunRecord): readonly UnitFact[] {
  const text = (name: FactName, value: string | null): readonly UnitFact[] =>
    value === null ? [] : [{ name, kind: "text", value }];
  const mono = (name: FactName, value: string | null): readonly UnitFact[] =>
    value === null ? [] : [{ name, kind: "mono", value }];
  return [
    ...text("model", run.model),
    ...text("firmware", run.firmware),
    ...text("hardware", run.hardware),
    ...mono("boardSerial", run.boardSerial),
    ...mono("imei", run.imei),
    ...mono("iccid", run.iccid),
    ...mono("uuid", run.uuid),
    ...text("recipe", run.recipe),
    ...text("operator", run.operator),
    ...mono("link", run.link),
    ...(run.release === null ? [] : [{ name: "release", kind: "word", value: run.release } as const]),
    ...(run.again ? [{ name: "again", kind: "word", value: "yes" } as const] : []),
    ...mono("batch", run.batch),
    ...mono("run", run.id),
  ];
}

/** What a unit is called: board serial, else IMEI, else device UUID; undefined before it was identified. */
export function unitName(run: Pick<RunRecord, "boardSerial" | "imei" | "uuid">): string | undefined {
  return run.boardSerial ?? run.imei ?? run.uuid ?? undefined;
}
