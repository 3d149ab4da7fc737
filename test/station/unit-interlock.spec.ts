import { describe, expect, it } from "vitest";
import { StationError } from "../../src/core/error.ts";
import type { UnitApplicant, UnitClaim, UnitInterlock } from "../../src/station/unit-interlock.ts";
import { ValueTable } from "../../src/station/files/value-table.ts";
import { RecipeSchema } from "../../src/contract/recipe.ts";
import { resolveRecipe } from "../../src/station/files/recipe-file.ts";
import { identified, obedient, passing, phase, StationRig, untilAnnounced, uuidOf } from "./station-rig.ts";

type Asked = UnitApplicant & { readonly allow: () => void; readonly refuse: (error: StationError) => void };

/** A line that a test answers for. */
class FakeLine implements UnitInterlock {
  readonly asked: Asked[] = [];
  readonly released: { readonly slot: string; readonly outcome: string; readonly stored: boolean }[] = [];
  /** Whether units are given without being asked for. */
  generous = false;
  rig: StationRig | undefined;

  claim(applicant: UnitApplicant): Promise<UnitClaim> {
    const { slot, run } = applicant;
    const claim: UnitClaim = {
      release: ({ outcome }) => {
        const stored = this.rig?.store.eventsOf(run).at(-1)?.type === "run.finished";
        this.released.push({ slot, outcome, stored });
      },
    };
    return new Promise((resolve, reject) => {
      const refuse = (error: StationError): void => reject(error);
      applicant.signal.addEventListener("abort", () => reject(applicant.signal.reason as Error));
      this.asked.push({ ...applicant, allow: () => resolve(claim), refuse });
      if (this.generous) resolve(claim);
    });
  }
}

function rigOn(line: FakeLine, wish: Partial<ConstructorParameters<typeof StationRig>[0]> = {}): StationRig {
  const rig = new StationRig({ ...wish, interlock: line });
  line.rig = rig;
  return rig;
}

const elsewhere = new StationError("line.unit-elsewhere", "another station works on the unit", { station: "b" });

describe("a unit at a station of a line", () => {
  it("is claimed before it is admitted, and given back when its run's end is on the disk", async () => {
    const line = new FakeLine();
    const rig = rigOn(line);
    const { done } = await rig.station.start(rig.request({ again: true }));
    await rig.advance(0);
    expect(line.asked).toMatchObject([{ slot: "1", uuid: uuidOf("1"), again: true, provisions: true, training: true }]);
    expect(rig.host.of("1").heard).toEqual(["order"]);
    expect(rig.stored("1").map(({ type }) => type)).toEqual(["run.started", "phase.started"]);
    line.asked[0]?.allow();
    await rig.advance(1000);
    expect(await done).toMatchObject({ pass: 1 });
    expect(line.released).toEqual([{ slot: "1", outcome: "PASS", stored: true }]);
  });

  it("that is refused ends its run as ERROR with the reason, and nothing was done to it", async () => {
    const line = new FakeLine();
    const rig = rigOn(line);
    const { done } = await rig.station.start(rig.request());
    await rig.advance(0);
    line.asked[0]?.refuse(elsewhere);
    await rig.advance(1000);
    expect(await done).toMatchObject({ error: 1 });
    expect(rig.lastOf("1")).toMatchObject({ outcome: "ERROR", error: { code: "line.unit-elsewhere" } });
    expect(rig.stored("1").map(({ type }) => type)).not.toContain("command.announced");
    expect(line.released).toEqual([]);
  });

  it("that passed here before is refused without asking the line", async () => {
    const line = new FakeLine();
    line.generous = true;
    const rig = rigOn(line);
    const first = await rig.station.start(rig.request());
    await rig.advance(1000);
    await first.done;
    const second = await rig.station.start(rig.request());
    await rig.advance(1000);
    expect(await second.done).toMatchObject({ error: 1 });
    expect(line.asked).toHaveLength(1);
  });

  it("that answers in a second slot is refused there, while the line is still being asked", async () => {
    const line = new FakeLine();
    const rig = rigOn(line, {
      slots: 2,
      script: (worker, message) => {
        if (message.type === "order") {
          worker.event(phase("connect"));
          worker.event(identified(uuidOf("1")));
        } else passing(worker, message);
      },
    });
    const { done } = await rig.station.start(rig.request());
    await rig.advance(0);
    expect(line.asked).toHaveLength(1);
    line.asked[0]?.allow();
    await rig.advance(1000);
    expect(await done).toMatchObject({ pass: 1, error: 1 });
  });

  it("takes no row of the value file when the line refuses it", async () => {
    const line = new FakeLine();
    const recipe = RecipeSchema.parse({
      ...{ recipe: 1, product: "Board", revision: "1" },
      values: { file: "values.csv", key: "next", column: "serial", secret: ["psk"] },
      commands: [{ preSharedKey: { secTag: 1, identity: "{{serial}}", key: { column: "psk" } } }],
    });
    const file = { sha256: "0".repeat(64), length: 1, rows: 2, columns: ["serial", "psk"], column: "serial" };
    const rows = [1, 2].map((row) => [`A${row}`, "00112233445566778899aabbccddeeff"]);
    const values = new ValueTable({ source: "Board:values.csv", key: "next", file, ignore: [], rows });
    const resolved = resolveRecipe(recipe, { files: new Map(), secrets: new Map() }, file);
    const rig = rigOn(line, { slots: 2, files: { recipe: resolved, values } });
    const { done } = await rig.station.start(rig.request());
    await rig.advance(0);
    line.asked[0]?.refuse(elsewhere);
    await rig.advance(0);
    line.asked[1]?.allow();
    await rig.advance(1000);
    expect(await done).toMatchObject({ pass: 1, error: 1 });
    expect(rig.store.usedRows("Board:values.csv")).toMatchObject([{ row: "A1", uuid: uuidOf("2") }]);
  });
});

describe("a run that is stopped while the line is asked", () => {
  it("ends as ABORTED at once, its events in order", async () => {
    const line = new FakeLine();
    const rig = rigOn(line, {
      script: (worker, message) => {
        obedient(worker, message);
        untilAnnounced(worker, message);
      },
    });
    const { done } = await rig.station.start(rig.request());
    await rig.advance(0);
    rig.station.abort("all");
    await rig.advance(0);
    expect(line.asked[0]?.signal.aborted).toBe(true);
    expect(await done).toMatchObject({ aborted: 1 });
    expect(rig.stored("1").map(({ type }) => type)).toEqual([
      ...["run.started", "phase.started", "unit.identified", "run.finished"],
    ]);
  });

  it("ends when its worker dies meanwhile", async () => {
    const line = new FakeLine();
    const rig = rigOn(line, { script: untilAnnounced });
    const { done } = await rig.station.start(rig.request());
    await rig.advance(0);
    rig.host.of("1").exit({ code: 1, signal: null });
    await rig.advance(0);
    expect(await done).toMatchObject({ error: 1 });
    expect(rig.lastOf("1")).toMatchObject({ outcome: "ERROR", error: { code: "station.worker-died" } });
  });

  it("does not keep the station from closing", async () => {
    const line = new FakeLine();
    const rig = rigOn(line);
    await rig.station.start(rig.request());
    await rig.advance(0);
    const closing = rig.station.close();
    await rig.advance(1000);
    await closing;
    expect(rig.lastOf("1")).toMatchObject({ outcome: "ABORTED", error: { code: "station.closing" } });
  });
});

describe("a run whose unit is lost to the line", () => {
  const late = new StationError("line.lease-late", "the unit's lease could not be renewed", {});

  it("is stopped in order and ends as ERROR", async () => {
    const line = new FakeLine();
    line.generous = true;
    const rig = rigOn(line, {
      script: (worker, message) => {
        if (message.type === "abort") worker.event({ ...endOf(message.error.code), error: message.error } as never);
        else untilAnnounced(worker, message);
      },
    });
    const { done } = await rig.station.start(rig.request());
    await rig.advance(100);
    line.asked[0]?.lost(late, "stop");
    await rig.advance(100);
    expect(await done).toMatchObject({ error: 1 });
    expect(rig.lastOf("1")).toMatchObject({ outcome: "ERROR", error: { code: "line.lease-late" } });
    expect(rig.host.of("1").killed).toBe(false);
    expect(line.released).toEqual([{ slot: "1", outcome: "ERROR", stored: true }]);
  });

  it("is cut off from it where others may have it by now, and the worker goes on", async () => {
    const line = new FakeLine();
    line.generous = true;
    const rig = rigOn(line, {
      script: (worker, message) => {
        if (message.type === "cut")
          worker.event({ ...endOf(message.error.code), release: "unreachable", error: message.error } as never);
        else untilAnnounced(worker, message);
      },
    });
    const { done } = await rig.station.start(rig.request());
    await rig.advance(100);
    line.asked[0]?.lost(late, "stop");
    await rig.advance(100);
    line.asked[0]?.lost(late, "cut");
    await rig.advance(5000);
    expect(await done).toMatchObject({ error: 1 });
    expect(rig.lastOf("1")).toMatchObject({
      ...{ outcome: "ERROR", release: "unreachable", error: { code: "line.lease-late" } },
    });
    expect(rig.host.workers[0]?.killed).toBe(false);
  });

  it("has its worker ended where that does not obey within a second", async () => {
    const line = new FakeLine();
    line.generous = true;
    const rig = rigOn(line, { script: untilAnnounced });
    const { done } = await rig.station.start(rig.request());
    await rig.advance(100);
    line.asked[0]?.lost(late, "stop");
    line.asked[0]?.lost(late, "cut");
    await rig.advance(999);
    expect(rig.host.workers[0]?.killed).toBe(false);
    await rig.advance(100);
    expect(rig.host.workers[0]?.killed).toBe(true);
    expect(await done).toMatchObject({ error: 1 });
    expect(rig.lastOf("1")).toMatchObject({
      ...{ outcome: "ERROR", release: "unreachable", error: { code: "line.lease-late" } },
    });
  });

  it("keeps its result where it had ended before", async () => {
    const line = new FakeLine();
    line.generous = true;
    const rig = rigOn(line);
    const { done } = await rig.station.start(rig.request());
    await rig.advance(1000);
    line.asked[0]?.lost(late, "cut");
    await rig.advance(100);
    expect(await done).toMatchObject({ pass: 1 });
    expect(rig.host.workers[0]?.killed).toBe(false);
  });
});

const endOf = (code: string) => ({
  ...{
    type: "run.finished",
    outcome: code.startsWith("line.") ? "ERROR" : "ABORTED",
    release: "restored",
    elapsedMs: 5,
  },
});
