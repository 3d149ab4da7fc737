import type { RequestKind } from "../../src/contract/desktop.ts";
import type { ReportOrder } from "../../src/contract/report.ts";
import { StationError } from "../../src/core/error.ts";
import type { FakeHistory } from "./fake-history.ts";
import { NO_LINE } from "./fake-line.ts";
import { fakeReport } from "./fake-report.ts";

/** How many runs the invented record has. */
export const RECORDED = 1_000_000;

/** How the invented shift went so far. */
export const SHIFT_COUNTS = {
  ...{ runs: 810, pass: 789, fail: 16, error: 5, aborted: 0, running: 0 },
  ...{ units: 801, unitsPassed: 789, unitsPassedFirst: 780 },
} as const;

/** Of whatever has a digest here. */
export const SHA256 = "52d8aa106f3eb91709c1c3f452d8aa106f3eb91709c1c3f452d8aa106f3eb917";
const VERDICT = {
  ...{ ok: true, kind: "database", station: "line-2", key: "nZk2vXq1S8mJ6b0oF3c7tQ" },
  ...{
    events: 12_846_012,
    runs: 1_000_000,
    batches: 31_250,
    heads: 31_250,
    signedUpTo: 12_846_012,
    headFile: "present",
  },
} as const;
const FAKE_ABOUT = {
  ...{ version: "0.1.0", electron: "33.2.1", chromium: "130.0.6723.118", node: "20.18.1", platform: "linux x64" },
  station: "0193f6a2-7c11-7a3e-9d1c-5b2f6a8e4c07",
  key: "nZk2vXq1S8mJ6b0oF3c7tQ9LrWyHe4UaPdGx5TiKmBs",
  folder: "Provisioning Station/station",
  ...{ recordBytes: 1_284_505_600, freeBytes: 182_341_091_328 },
};

/** Answers that need no more than the invented record. @throws StationError station.internal for requests of others */
export function plainAnswer(kind: RequestKind, asks: never, history: FakeHistory): unknown {
  switch (kind) {
    case "history.runs":
      return history.runs((asks as { query: never }).query);
    case "history.run":
      return history.run((asks as { id: never }).id);
    case "history.counts":
      return history.counts((asks as { filter: never }).filter);
    case "history.export": {
      const file = "history.csv";
      return { kind: "saved", file, manifest: `${file}.manifest.json`, rows: RECORDED, sha256: SHA256 };
    }
    case "history.verify":
      return { kind: "verdict", file: "audit.db", verdict: VERDICT };
    case "report.read":
      return fakeReport((asks as { order: ReportOrder }).order, Date.now());
    case "report.save":
      return { kind: "saved", file: "report.png" };
    case "about.read":
      return FAKE_ABOUT;
    case "line.settings":
      return NO_LINE;
    case "line.stations":
      return [];
    case "golden.read":
      return { everyHours: null };
    case "page.print":
      return { kind: "printed" };
    case "page.savePdf":
      return { kind: "saved", file: "page.pdf" };
    case "cancel":
    case "training.renew":
      return null;
    default:
      throw new StationError("station.internal", "the fake station cannot do this", { kind });
  }
}
