import { describe, expect, it } from "vitest";
import type { GoldenReference, Proof } from "../../src/contract/proof.ts";
import { GoldenReferenceSchema } from "../../src/contract/proof.ts";
import type { RunEventBody } from "../../src/contract/run-event.ts";
import { ResolvedProfileSchema } from "../../src/contract/profile.ts";
import { minutes } from "../../src/core/duration.ts";
import { asStationError, reportOf, StationError } from "../../src/core/error.ts";
import { learnedReference, type GoldenRule } from "../../src/station/golden-unit.ts";
import type { WorkerScript } from "../fakes/fake-worker-host.ts";
import { finished, identified, passing, StationRig, uuidOf } from "./station-rig.ts";

const SHA = "a".repeat(64);
const reference = (name = "Golden A"): GoldenReference =>
  GoldenReferenceSchema.parse({
    ...{ golden: 1, name, uuid: uuidOf("1"), imei: "352656100367872", firmware: "mfw_nrf91x1_2.0.2" },
    ...{ credentials: [{ secTag: 7, type: 0, sha256: SHA }], learnedAt: "2026-03-01T08:00:00.000Z" },
  });

/** A worker that does what its order is for: reads where it has a proof, provisions otherwise. */
const working =
  (end: RunEventBody = finished("PASS")): WorkerScript =>
  (worker, message) => {
    if (worker.order?.proof === undefined) {
      passing(worker, message);
      return;
    }
    if (message.type === "order") worker.event(identified(uuidOf(worker.slot)));
    if (message.type !== "admission") return;
    worker.event({ type: "credential.verified", secTag: 7, credential: 0, foundSha256: SHA, verdict: "present" });
    worker.event(end);
  };

/** A station of production, as its profile is nRF Cloud's. */
class Rig extends StationRig {
  rule: GoldenRule | undefined = { everyHours: 8, reference: reference() };

  constructor(script: WorkerScript = working()) {
    const profile = ResolvedProfileSchema.parse({
      ...{ profile: 1, name: "Cloud", service: "nrf-cloud" },
      https: { host: "localhost", port: 8443, ca: "PEM" },
    });
    const holder: { rule: () => GoldenRule | undefined } = { rule: () => undefined };
    super({ script, files: { profile }, golden: () => holder.rule() });
    holder.rule = () => this.rule;
  }

  async done(proof?: Proof, again = true): Promise<unknown> {
    const { done } = await this.station.start(this.request({ again }), proof);
    await this.advance(1000);
    return done;
  }

  async refusal(): Promise<StationError | undefined> {
    return this.done().then(() => undefined, asStationError);
  }
}

const CHECK: Proof = { kind: "golden", reference: reference() };

describe("a station that wants its golden unit checked", () => {
  it("refuses production until the check has passed, and after the hours are over", async () => {
    const rig = new Rig();
    expect(await rig.refusal()).toMatchObject({ code: "station.golden-due", facts: { golden: "Golden A" } });
    expect(rig.store.records).toEqual([]);
    await rig.done(CHECK);
    expect(await rig.refusal()).toBeUndefined();
    await rig.advance(minutes(8 * 60 - 1));
    expect(await rig.refusal()).toBeUndefined();
    await rig.advance(minutes(2));
    expect(await rig.refusal()).toMatchObject({ code: "station.golden-due", facts: { fixture: "Tray" } });
  });

  it("refuses it when the newest check has failed", async () => {
    const ends = { end: finished("PASS") };
    const rig = new Rig((worker, message) => working(ends.end)(worker, message));
    await rig.done(CHECK);
    ends.end = { ...finished("FAIL"), error: reportOf(new StationError("run.golden-credential", "x")) } as RunEventBody;
    await rig.done(CHECK);
    expect(await rig.refusal()).toMatchObject({ code: "station.golden-failed", facts: { outcome: "FAIL" } });
    ends.end = finished("PASS");
    await rig.done(CHECK);
    expect(await rig.refusal()).toBeUndefined();
  });

  it("goes by the reference of today, and says when there is none", async () => {
    const rig = new Rig();
    await rig.done(CHECK);
    rig.rule = { everyHours: 8, reference: reference("Golden B") };
    expect(await rig.refusal()).toMatchObject({ code: "station.golden-due" });
    rig.rule = { everyHours: 8, reference: undefined };
    expect(await rig.refusal()).toMatchObject({ code: "station.golden-missing" });
    rig.rule = undefined;
    expect(await rig.refusal()).toBeUndefined();
  });

  it("lets training and proofs go on", async () => {
    const training = new StationRig({ golden: () => ({ everyHours: 8, reference: reference() }) });
    const { done } = await training.station.start(training.request());
    await training.advance(1000);
    expect(await done).toMatchObject({ pass: 1 });
    const rig = new Rig();
    expect(await rig.done({ kind: "recipe" })).toMatchObject({ pass: 1 });
  });
});

describe("a run that does not provision", () => {
  it("records what it is for, never counts as passed, and takes a unit that has", async () => {
    const rig = new Rig();
    rig.rule = undefined;
    await rig.done(undefined, false);
    await rig.done({ kind: "recipe" }, false);
    await rig.done(CHECK, false);
    await rig.done({ kind: "golden-learn", name: "Golden A" }, false);
    expect(rig.store.records.map(({ purpose, outcome }) => `${purpose} ${outcome ?? ""}`)).toEqual([
      ...["provision PASS", "proof PASS", "golden PASS", "golden-learn PASS"],
    ]);
    expect(rig.store.records[2]).toMatchObject({ recipe: "Golden A golden" });
    expect(rig.store.passedBefore(reference().uuid)?.runId).toBe(rig.store.records[0]?.id);
    expect(await rig.done(undefined, false)).toMatchObject({ pass: 0, error: 1 });
  });

  it("takes no credentials of the owner, and knows what the unit's own run found", async () => {
    const rig = new Rig();
    rig.rule = undefined;
    await rig.done(undefined, false);
    await rig.done({ kind: "recipe" }, false);
    const { order, told } = rig.host.of("1");
    expect(order?.proof).toEqual({ kind: "recipe" });
    expect(order?.ownerKey).toBeUndefined();
    const admission = told.findLast((message) => message.type === "admission");
    expect(admission).toMatchObject({
      admission: { history: { begun: true, proved: { run: rig.store.records[0]?.id, credentials: [] } } },
    });
  });

  it("gives the reference that it has learned", async () => {
    const rig = new Rig();
    await rig.done({ kind: "golden-learn", name: "Golden A" });
    const [run] = rig.store.records;
    const learned = learnedReference("Golden A", rig.store.events);
    expect(learned).toMatchObject({
      ...{ golden: 1, name: "Golden A", uuid: uuidOf("1"), credentials: [{ secTag: 7, type: 0, sha256: SHA }] },
      learnedAt: run?.finishedAt,
    });
    expect(learnedReference("Golden A", rig.store.events.slice(0, -1))).toBeUndefined();
  });
});
