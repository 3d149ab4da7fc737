import { createPinia } from "pinia";
import { describe, expect, it } from "vitest";
import { createApp } from "vue";
import { providedClient } from "../../../../renderer/api/station-client.ts";
import { fakeReport } from "../../../../renderer/dev/fake-report.ts";
import { useReport } from "../../../../renderer/screens/report/report-store.ts";
import type { Report, ReportOrder } from "../../../../src/contract/report.ts";
import { StationError } from "../../../../src/core/error.ts";
import { fakeClient, gate } from "../fake-client.ts";

type Asks = { readonly order: ReportOrder; readonly job: string };
const NOW = Date.UTC(2026, 2, 2, 10, 42);

function rig(read: (asks: Asks) => Report | Promise<Report>) {
  const { client, asked, tell } = fakeClient({ "report.read": read, cancel: () => null });
  const pinia = createPinia();
  createApp({})
    .provide(...providedClient(client))
    .use(pinia);
  return { report: useReport(pinia), asked, tell };
}

describe("the report", () => {
  it("asks for the hours of the station's own clock", async () => {
    const { report, asked } = rig(({ order }) => fakeReport(order, NOW));
    await report.load();
    expect(report.state).toEqual({ kind: "shown" });
    const { timeZone: zone } = new Intl.DateTimeFormat().resolvedOptions();
    expect(asked[0]).toMatchObject({ kind: "report.read", asks: { order: { zone, filter: { mode: "production" } } } });
  });

  it("shows what was asked for last, and gives up what was being read", async () => {
    const slow = gate<Report>();
    const { report, asked } = rig(({ order }) =>
      order.filter.operator === undefined ? slow.promise : fakeReport(order, NOW),
    );
    const overtaken = report.load();
    report.change({ operator: "Ada" });
    const late = { filter: { mode: "production" }, zone: "UTC" } as const;
    slow.resolve(fakeReport(late, NOW));
    await overtaken;
    await Promise.resolve();
    expect(report.report?.order.filter.operator).toBe("Ada");
    const [first] = asked.map(({ asks }) => asks as Asks);
    expect(asked.filter(({ kind }) => kind === "cancel").map(({ asks }) => asks)).toEqual([{ job: first?.job }]);
  });

  it("tells how far the reading is, only of its own work", async () => {
    const slow = gate<Report>();
    const { report, asked, tell } = rig(() => slow.promise);
    const loading = report.load();
    const { job } = asked[0]?.asks as Asks;
    tell("progress", { job: "another", done: 9, total: 10 });
    expect(report.share).toBeUndefined();
    tell("progress", { job, done: 1, total: 4 });
    expect([report.reading, report.share]).toEqual([true, 0.25]);
    slow.resolve(fakeReport({ filter: { mode: "both" }, zone: "UTC" }, NOW));
    await loading;
    expect([report.reading, report.share]).toEqual([false, undefined]);
  });

  it("keeps the reason why nothing can be read, and recovers", async () => {
    const broken = { now: true };
    const { report } = rig(({ order }) => {
      if (broken.now) throw new StationError("audit.corrupt", "damaged");
      return fakeReport(order, NOW);
    });
    await report.load();
    expect(report.state).toMatchObject({ kind: "failed", error: { code: "audit.corrupt" } });
    broken.now = false;
    await report.load();
    expect(report.state).toEqual({ kind: "shown" });
  });
});
