import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { goldenHandlers } from "../../../main/desk/golden-desk.ts";
import { GoldenFile } from "../../../main/desk/golden-file.ts";
import { GoldenFactsSchema } from "../../../src/contract/desktop-golden.ts";
import { ResolvedProfileSchema } from "../../../src/contract/profile.ts";
import type { RunEventBody } from "../../../src/contract/run-event.ts";
import { asStationError, reportOf, StationError } from "../../../src/core/error.ts";
import type { SlotId } from "../../../src/core/ids.ts";
import type { WorkerScript } from "../../fakes/fake-worker-host.ts";
import { finished, identified, StationRig, uuidOf } from "../../station/station-rig.ts";

const SHA = "a".repeat(64);
const SLOT = "1" as SlotId;

describe("the golden unit's desk", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "golden-desk-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  function deskOf(end: () => RunEventBody = () => finished("PASS"), service = "nrf-cloud") {
    const script: WorkerScript = (worker, message) => {
      if (message.type === "order") worker.event(identified(uuidOf(worker.slot)));
      if (message.type !== "admission") return;
      worker.event({ type: "credential.verified", secTag: 7, credential: 0, foundSha256: SHA, verdict: "present" });
      worker.event(end());
    };
    const profile = ResolvedProfileSchema.parse({
      ...{ profile: 1, name: "Service", service, https: { host: "localhost", port: 1, ca: "PEM" } },
    });
    const rig = new StationRig({ script, slots: 2, files: { profile } });
    const file = new GoldenFile(join(folder, "golden.json"));
    const { station, store, clock } = rig;
    const handlers = goldenHandlers({
      ...{ file, store, clock, files: () => rig.files },
      start: (request, proof) => station.start(request, proof),
      subscribe: (listener) => station.subscribe(listener),
    });
    const ended = async <T>(work: T | Promise<T>): Promise<T> => {
      await rig.advance(1000);
      return work;
    };
    return { rig, file, handlers, ended };
  }

  const read = (handlers: ReturnType<typeof deskOf>["handlers"]) => handlers["golden.read"](null);

  it("knows no unit and asks for none at first", async () => {
    const { handlers } = deskOf();
    expect(await read(handlers)).toEqual({ everyHours: null });
    expect(await Promise.resolve(handlers["golden.check"]({ slot: SLOT })).catch(asStationError)).toMatchObject({
      code: "station.golden-missing",
    });
  });

  it("learns a board, and tells why production may not start until it was checked", async () => {
    const { handlers, ended } = deskOf();
    await handlers["golden.rule"]({ everyHours: 8 });
    expect(await read(handlers)).toMatchObject({ everyHours: 8, refusal: { code: "station.golden-missing" } });
    const learned = await ended(handlers["golden.learn"]({ slot: SLOT, name: "Golden A" }));
    expect(learned).toMatchObject({
      outcome: "PASS",
      facts: { unit: { name: "Golden A", uuid: uuidOf("1"), credentials: 1 }, refusal: { code: "station.golden-due" } },
    });
    const checked = await ended(handlers["golden.check"]({ slot: SLOT }));
    expect(checked).toMatchObject({ outcome: "PASS", facts: { check: { outcome: "PASS" } } });
    expect(checked.facts.refusal).toBeUndefined();
    expect(GoldenFactsSchema.parse(structuredClone(checked.facts))).toEqual(checked.facts);
    const again = new GoldenFile(join(folder, "golden.json"));
    expect([again.everyHours, again.reference?.name]).toEqual([8, "Golden A"]);
  });

  it("tells how a check failed, and keeps the reference that is there when learning fails", async () => {
    const ends = { end: finished("PASS") };
    const { handlers, ended } = deskOf(() => ends.end);
    await handlers["golden.rule"]({ everyHours: 8 });
    await ended(handlers["golden.learn"]({ slot: SLOT, name: "Golden A" }));
    const error = reportOf(new StationError("run.golden-credential", "the key is another"));
    ends.end = { ...finished("FAIL"), error } as RunEventBody;
    expect(await ended(handlers["golden.check"]({ slot: SLOT }))).toMatchObject({
      ...{ outcome: "FAIL", error: { code: "run.golden-credential" } },
      facts: { refusal: { code: "station.golden-failed" }, check: { outcome: "FAIL" } },
    });
    expect(await ended(handlers["golden.learn"]({ slot: SLOT, name: "Golden B" }))).toMatchObject({
      outcome: "FAIL",
      facts: { unit: { name: "Golden A" } },
    });
  });

  it("refuses nothing in training", async () => {
    const { handlers } = deskOf(undefined, "embedded");
    const facts = await handlers["golden.rule"]({ everyHours: 8 });
    expect(facts).toEqual({ everyHours: 8 });
  });

  it("takes a damaged file as none", async () => {
    writeFileSync(join(folder, "golden.json"), "{");
    expect(await read(deskOf().handlers)).toEqual({ everyHours: null });
  });
});
