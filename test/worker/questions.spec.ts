import { describe, expect, it } from "vitest";
import type { Question } from "../../src/contract/question.ts";
import { seconds } from "../../src/core/duration.ts";
import { reportOf, StationError } from "../../src/core/error.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { Questions } from "../../src/worker/questions.ts";

const question: Question = { kind: "certificate", secTag: 7, csr: "CSR" };
const digest = "0".repeat(64);
const issued = {
  kind: "certificate",
  by: "factory",
  authority: digest,
  sha256: digest,
  subject: "CN=u",
  notAfter: "2036-01-01T00:00:00.000Z",
} as const;

function rig() {
  const clock = new VirtualClock();
  const sent: number[] = [];
  return { clock, sent, questions: new Questions(clock, (ask) => sent.push(ask)) };
}

describe("the questions of a run", () => {
  it("get the answers that carry their numbers, in any order", async () => {
    const { questions, sent } = rig();
    const never = new AbortController().signal;
    const first = questions.ask(question, never);
    const second = questions.ask(question, never);
    expect(sent).toEqual([1, 2]);
    questions.take(2, { ...issued, pem: "B", serial: "02" });
    questions.take(1, { ...issued, pem: "A", serial: "01" });
    questions.take(1, { kind: "token-kept" });
    expect(await first).toMatchObject({ pem: "A" });
    expect(await second).toMatchObject({ pem: "B" });
  });

  it("end with the core's reason when it refuses", async () => {
    const { questions } = rig();
    const asked = questions.ask(question, new AbortController().signal);
    questions.take(1, { kind: "refused", error: reportOf(new StationError("station.not-set-up", "no CA")) });
    await expect(asked).rejects.toMatchObject({ code: "station.not-set-up" });
  });

  it("end after their limit, and with the run", async () => {
    const { clock, questions } = rig();
    const silent = questions.ask(question, new AbortController().signal);
    const stop = new AbortController();
    const stopped = questions.ask(question, stop.signal);
    const both = Promise.allSettled([silent, stopped]);
    stop.abort(new StationError("station.aborted", "stop"));
    await clock.advance(seconds(31));
    expect(await both).toMatchObject([
      { reason: { code: "run.answer-silent", facts: { question: "certificate" } } },
      { reason: { code: "station.aborted" } },
    ]);
  });
});
