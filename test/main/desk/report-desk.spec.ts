import type { Report, ReportOrder } from "../../../src/contract/report.ts";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Jobs } from "../../../main/desk/jobs.ts";
import { reportHandlers, reportName } from "../../../main/desk/report-desk.ts";
import { HistoryClient } from "../../../src/audit/history-thread.ts";
import { isPng, LARGEST_PICTURE, SaveAskedSchema } from "../../../src/contract/desktop-report.ts";
import { VirtualClock } from "../../../src/core/virtual-clock.ts";
import { databaseOf } from "../../audit/report-samples.ts";
import { failureOf } from "../../audit/samples.ts";

/** One white point. */
const PNG = Uint8Array.from(
  Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsVe3ZAAAAABJRU5ErkJggg==", "base64"),
);

describe("reportHandlers", () => {
  let folder = "";
  let history: HistoryClient;
  const clock = new VirtualClock();
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "report-desk-"));
    databaseOf(join(folder, "audit.db"), [{ startedAt: "2026-03-01T08:00:00.000Z" }]);
    history = new HistoryClient({ file: join(folder, "audit.db") });
  });
  afterEach(async () => {
    await history.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function handlersFor(file: string | undefined) {
    const proposed: string[] = [];
    const dialogs = { saveReport: async (name: string) => (proposed.push(name), file) };
    const jobs = new Jobs(clock, () => undefined);
    const report = (order: ReportOrder) => Promise.resolve({ of: "the line", order } as unknown as Report);
    const central = () => Promise.resolve({ report });
    return { handlers: reportHandlers({ history, central, clock, jobs, dialogs }), proposed };
  }

  it("reads the figures of the whole line from its central database", async () => {
    const { handlers } = handlersFor(undefined);
    const order = { filter: { mode: "both" as const }, zone: "Europe/Berlin" };
    expect(await handlers["report.read"]({ order, source: "line" })).toMatchObject({ of: "the line", order });
  });

  it("reads the figures in the history thread", async () => {
    const { handlers } = handlersFor(undefined);
    const order = { filter: { mode: "both" as const }, zone: "Europe/Berlin" };
    expect(await handlers["report.read"]({ order, job: "r" })).toMatchObject({ runs: { runs: 1, pass: 1 }, order });
  });

  it("saves numbers as CSV whose cells no spreadsheet runs", async () => {
    const out = join(folder, "numbers.csv");
    const { handlers, proposed } = handlersFor(out);
    const rows = [
      ["Operator", "FAIL"],
      ["=HYPERLINK(1)", 2],
      ['a,"b"', null],
      ["-1+1", 0.5],
      ["two\nlines", 0],
    ];
    expect(await handlers["report.save"]({ picture: "failures", content: { format: "csv", rows } })).toEqual({
      kind: "saved",
      file: out,
    });
    expect(readFileSync(out, "utf8")).toBe(
      'Operator,FAIL\r\n\'=HYPERLINK(1),2\r\n"a,""b""",\r\n\'-1+1,0.5\r\n"two\nlines",0\r\n',
    );
    expect(proposed).toEqual([expect.stringMatching(/^report-failures-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.csv$/)]);
  });

  it("saves a picture as it is, and nothing when no place was chosen", async () => {
    const out = join(folder, "picture.png");
    const content = { format: "png" as const, bytes: PNG };
    await handlersFor(out).handlers["report.save"]({ picture: "slots", content });
    expect(new Uint8Array(readFileSync(out))).toEqual(PNG);
    expect(await handlersFor(undefined).handlers["report.save"]({ picture: "slots", content })).toEqual({
      kind: "cancelled",
    });
  });

  it("says what to do when the file cannot be written, and leaves nothing half", async () => {
    const out = join(folder, "taken");
    mkdirSync(out);
    const { handlers } = handlersFor(out);
    const saving = handlers["report.save"]({ picture: "slots", content: { format: "png", bytes: PNG } });
    expect(await failureOf(Promise.resolve(saving))).toMatchObject({ code: "desktop.save", facts: { file: out } });
    expect(readdirSync(folder).filter((name) => name.endsWith(".part"))).toEqual([]);
  });
});

describe("what may be saved", () => {
  const png = (bytes: unknown) =>
    SaveAskedSchema.safeParse({ picture: "yield", content: { format: "png", bytes } }).success;
  const csv = (rows: unknown) =>
    SaveAskedSchema.safeParse({ picture: "yield", content: { format: "csv", rows } }).success;

  it("is a whole PNG of bounded size", () => {
    expect(isPng(PNG)).toBe(true);
    const html = new TextEncoder().encode("<script>alert(1)</script>".repeat(10));
    const begun = PNG.slice(0, -4);
    const huge = new Uint8Array(LARGEST_PICTURE + 1);
    huge.set(PNG.slice(0, 16));
    expect([png(PNG), png(html), png(begun), png(huge), png([...PNG]), png("iVBOR")]).toEqual([
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
  });

  it("is a table of bounded size, of texts and numbers", () => {
    expect(csv([["a", 1, null]])).toBe(true);
    expect([csv([]), csv([[{}]]), csv([[Number.NaN]]), csv([["x".repeat(1025)]])]).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect([csv(Array.from({ length: 2001 }, () => [1])), csv([Array.from({ length: 33 }, () => 1)])]).toEqual([
      false,
      false,
    ]);
    expect(SaveAskedSchema.safeParse({ picture: "../../x", content: { format: "csv", rows: [[1]] } }).success).toBe(
      false,
    );
  });
});

describe("reportName", () => {
  it("sorts by time and holds nothing that a file system refuses", () => {
    expect(reportName("cycle-times", "2026-03-01T08:09:10.123Z", "png")).toBe(
      "report-cycle-times-2026-03-01T08-09-10.png",
    );
  });
});
