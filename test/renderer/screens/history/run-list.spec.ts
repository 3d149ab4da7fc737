import { describe, expect, it } from "vitest";
import { FakeHistory } from "../../../../renderer/dev/fake-history.ts";
import { runList } from "../../../../renderer/screens/history/run-list.ts";
import type { RunPage, RunQuery } from "../../../../src/contract/history.ts";
import type { RunFilter } from "../../../../src/contract/station-request.ts";
import { StationError } from "../../../../src/core/error.ts";
import { fakeClient, gate, type FakeAnswers } from "../fake-client.ts";

const NOW = Date.UTC(2026, 2, 29, 10, 42);
const history = new FakeHistory(20_000, NOW, []);

function answersOf(over: FakeAnswers = {}): FakeAnswers {
  return {
    "history.runs": ({ query }: { query: RunQuery }) => history.runs(query),
    "history.counts": ({ filter }: { filter: RunFilter }) => history.counts(filter),
    cancel: () => null,
    ...over,
  };
}

/** Lets everything that was asked be answered. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 40; turn++) await Promise.resolve();
}

describe("the list of runs", () => {
  it("shows the newest runs and how many there are", async () => {
    const list = runList(fakeClient(answersOf()).client);
    expect(list.state.value).toEqual({ kind: "empty" });
    await list.load({});
    expect(list.state.value).toEqual({ kind: "shown", fresh: true });
    expect(list.total.value).toBe(20_000);
    expect(list.at(0)?.slot).toBe("32");
    expect(list.at(500)).toBeUndefined();
  });

  it("reads what comes in sight, from a beginning that it knows", async () => {
    const { client, asked } = fakeClient(answersOf());
    const list = runList(client);
    await list.load({});
    list.show({ first: 15_040, end: 15_060 });
    await settled();
    expect(list.at(15_050)?.id).toBe(history.runs({ filter: {}, skip: 15_050, limit: 1 }).runs[0]?.id);
    const last = asked.at(-1)?.asks as { query: RunQuery };
    expect(last.query).toMatchObject({ skip: 14_900, limit: 100 });
    expect(last.query.after).toBeDefined();
  });

  it("keeps rows in their places while new runs begin", async () => {
    const { client, asked } = fakeClient(answersOf());
    const list = runList(client);
    await list.load({});
    list.show({ first: 100, end: 120 });
    await settled();
    const { query } = asked.at(-1)?.asks as { query: RunQuery };
    expect(query.filter).toEqual({ to: list.at(0)?.startedAt });
  });

  it("counts by outcome whatever outcome it shows", async () => {
    const list = runList(fakeClient(answersOf()).client);
    await list.load({ outcome: "FAIL" });
    expect(list.counts.value?.pass).toBeGreaterThan(10_000);
    expect(list.total.value).toBe(list.counts.value?.fail);
    expect(list.at(3)?.outcome).toBe("FAIL");
  });

  it("cancels a search that the next one overtakes, and drops its late answer", async () => {
    const slow = gate<RunPage>();
    const runs = ({ query }: { query: RunQuery }) =>
      query.filter.unitStart === "slow" ? slow.promise : history.runs(query);
    const { client, asked } = fakeClient(answersOf({ "history.runs": runs }));
    const list = runList(client);
    const overtaken = list.load({ unitStart: "slow" });
    await list.load({ outcome: "ERROR" });
    slow.resolve({ runs: [] });
    await overtaken;
    expect(list.at(0)?.outcome).toBe("ERROR");
    const jobs = asked.flatMap(({ kind, asks }) => (kind === "cancel" ? [(asks as { job: string }).job] : []));
    const started = asked.flatMap(({ asks }) => (asks as { job?: string }).job ?? []);
    expect(jobs).toHaveLength(2);
    expect(jobs.every((job) => started.includes(job))).toBe(true);
  });

  it("says why nothing can be read, and recovers", async () => {
    const broken = { now: true };
    const runs = ({ query }: { query: RunQuery }) => {
      if (broken.now) throw new StationError("audit.corrupt", "damaged");
      return history.runs(query);
    };
    const list = runList(fakeClient(answersOf({ "history.runs": runs })).client);
    await list.load({});
    expect(list.state.value).toMatchObject({ kind: "failed", error: { code: "audit.corrupt" } });
    broken.now = false;
    await list.load({});
    expect(list.state.value).toEqual({ kind: "shown", fresh: true });
  });

  it("asks for a few pages at a time however fast one scrolls", async () => {
    const { client, asked } = fakeClient(answersOf({ "history.counts": () => history.counts({}) }));
    const list = runList(client);
    await list.load({});
    const before = asked.length;
    for (let row = 1000; row < 9000; row += 200) list.show({ first: row, end: row + 30 });
    expect(asked.length - before).toBe(2);
    await settled();
    expect(list.at(8_810)).toBeDefined();
    expect(asked.length - before).toBeLessThan(6);
  });
});
