import { describe, expect, it } from "vitest";
import { longJob } from "../../../../renderer/screens/history/long-job.ts";
import type { VerifyAnswer } from "../../../../src/contract/desktop-history.ts";
import { StationError } from "../../../../src/core/error.ts";
import { fakeClient, gate } from "../fake-client.ts";

const BROKEN: VerifyAnswer = {
  kind: "verdict",
  file: "audit.db",
  verdict: { ok: false, kind: "database", misfit: { table: "event", row: "12", what: "its hash is another" } },
};

function rig() {
  const work = gate<VerifyAnswer>();
  const { client, asked, tell, listening } = fakeClient({ "history.verify": () => work.promise, cancel: () => null });
  const job = longJob(client, "history.verify");
  const running = job.run({ what: "record" });
  const name = (asked[0]?.asks as { job: string }).job;
  return { work, job, running, name, asked, tell, listening };
}

describe("a long piece of work", () => {
  it("tells how far it is, only by its own name", () => {
    const { job, name, tell } = rig();
    expect(job.state.value).toEqual({ kind: "working", share: undefined, cancelling: false });
    tell("progress", { job: "other", done: 9, total: 10 });
    expect(job.state.value).toMatchObject({ share: undefined });
    tell("progress", { job: name, done: 5, total: 20 });
    expect(job.state.value).toMatchObject({ share: 0.25 });
    tell("progress", { job: name, done: 30, total: 20 });
    expect(job.state.value).toMatchObject({ share: 1 });
  });

  it("keeps its result until it is dismissed, and stops listening", async () => {
    const { work, job, running, listening } = rig();
    work.resolve(BROKEN);
    expect(await running).toEqual(BROKEN);
    expect(job.state.value).toEqual({ kind: "done", answer: BROKEN });
    expect(listening()).toBe(0);
    job.dismiss();
    expect(job.state.value).toEqual({ kind: "idle" });
  });

  it("is cancelled by name and leaves nothing behind", async () => {
    const { work, job, running, name, asked } = rig();
    job.cancel();
    expect(job.state.value).toMatchObject({ kind: "working", cancelling: true });
    expect(asked.at(-1)).toEqual({ kind: "cancel", asks: { job: name } });
    work.reject(new StationError("desktop.cancelled", "cancelled"));
    expect(await running).toBeUndefined();
    expect(job.state.value).toEqual({ kind: "idle" });
  });

  it("says why it did not succeed", async () => {
    const { work, job, running } = rig();
    work.reject(new StationError("audit.missing", "no such file"));
    await running;
    expect(job.state.value).toMatchObject({ kind: "failed", error: { code: "audit.missing" } });
  });

  it("runs once at a time, each time under a name of its own", async () => {
    const { work, job, running, name, asked } = rig();
    expect(await job.run({ what: "record" })).toBeUndefined();
    expect(asked).toHaveLength(1);
    work.resolve({ kind: "cancelled" });
    await running;
    expect(job.state.value).toEqual({ kind: "idle" });
    void job.run({ what: "file" });
    expect((asked[1]?.asks as { job: string }).job).not.toBe(name);
  });
});
