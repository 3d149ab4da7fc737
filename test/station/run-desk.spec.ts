import { describe, expect, it } from "vitest";
import type { DeviceUuid, Imei, RunId, SlotId } from "../../src/core/ids.ts";
import { StationError } from "../../src/core/error.ts";
import { answerQuestion, type Asker } from "../../src/station/run-desk.ts";
import type { FakeWorker } from "../fakes/fake-worker-host.ts";
import { identified, StationRig, uuidOf } from "./station-rig.ts";

const asker: Asker = {
  runId: "r" as RunId,
  slot: "1" as SlotId,
  uuid: uuidOf("1") as DeviceUuid,
  device: { uuid: uuidOf("1") as DeviceUuid, imei: "352656100367872" as Imei },
};
const certificate = { kind: "certificate", secTag: 7, csr: "CSR" } as const;

const ask = (worker: FakeWorker): void =>
  worker.say({ type: "ask", runId: worker.order?.runId, slot: worker.slot, ask: 1, question: certificate });

describe("the desks of a station", () => {
  it("answer the questions of their kind", async () => {
    const digest = "0".repeat(64);
    const issued = {
      kind: "certificate",
      pem: "PEM",
      by: "factory",
      authority: digest,
      serial: "01",
      sha256: digest,
      subject: "CN=u",
      notAfter: "2036-01-01T00:00:00.000Z",
    } as const;
    const desk = () => Promise.resolve(issued);
    expect(await answerQuestion({ certificate: desk }, certificate, asker)).toMatchObject({ pem: "PEM" });
  });

  it("refuse with a reason: no desk, a desk that fails, a token of another unit", async () => {
    const broken = () => Promise.reject(new StationError("station.internal", "broken"));
    const code = async (answer: Promise<unknown>) => ((await answer) as { error: { code: string } }).error.code;
    expect(await code(answerQuestion({}, certificate, asker))).toBe("station.not-set-up");
    expect(await code(answerQuestion({ certificate: broken }, certificate, asker))).toBe("station.internal");
    const token = { kind: "keep-token", uuid: uuidOf("2") as DeviceUuid, imei: "352656100367872", token: "t" } as const;
    expect(await code(answerQuestion({ "keep-token": broken }, token as never, asker))).toBe("station.worker-protocol");
  });
});

describe("a run that asks", () => {
  it("is answered, once its unit is known", async () => {
    const rig = new StationRig({
      script: (worker, message) => {
        if (message.type === "order") worker.event(identified(uuidOf(worker.slot)));
        if (message.type === "admission") ask(worker);
      },
    });
    await rig.station.start(rig.request());
    await rig.advance(100);
    expect(rig.host.of("1").told.filter(({ type }) => type === "answer")).toMatchObject([
      { ask: 1, answer: { kind: "refused", error: { code: "station.not-set-up" } } },
    ]);
  });

  it("costs its worker the process before its unit is known", async () => {
    const rig = new StationRig({
      script: (worker, message) => {
        if (message.type === "order") ask(worker);
      },
    });
    const { done } = await rig.station.start(rig.request());
    await rig.advance(100);
    expect(await done).toMatchObject({ error: 1 });
    expect(rig.news.some((news) => news.kind === "worker.lost" && news.error.code === "station.worker-protocol")).toBe(
      true,
    );
  });
});
