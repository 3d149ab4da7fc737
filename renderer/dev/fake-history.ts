import type { Outcome } from "../../src/contract/common.ts";
import type { RunDetail } from "../../src/contract/desktop-history.ts";
import type { RunCounts, RunPage, RunQuery, RunRecord } from "../../src/contract/history.ts";
import type { RunFilter } from "../../src/contract/station-request.ts";
import { fakeDetail } from "./fake-detail.ts";
import type { BatchId, DeviceUuid, Imei, RunId, SlotId } from "../../src/core/ids.ts";

/** Codes that the invented runs of an outcome fail with. */
const CODES: Readonly<Record<Outcome, readonly string[]>> = {
  PASS: [],
  FAIL: ["run.credential-different", "at.silent", "at.keygen-failed", "run.firmware-too-old"],
  ERROR: ["link.lost", "transport.timeout"],
  ABORTED: ["station.aborted"],
};
/** Filters look through this many runs; counts of more are grown from them. */
const SCANNED = 50_000;
const TRAY = 32;
/** From one tray to the next, and from slot to slot of a tray, in ms. */
const TRAY_TIME = 330_000;
const RECIPE_SHA256 = "52d8aa106f3eb91709c1c3f452d8aa106f3eb91709c1c3f452d8aa106f3eb917";

/** A record of `total` invented runs, the newest just before `now` (ms since 1970), and the real ones in front of them. */
export class FakeHistory {
  readonly #total: number;
  readonly #now: number;
  readonly #real: ReadonlyMap<RunId, NonNullable<RunDetail>>;

  constructor(total: number, now: number, real: readonly NonNullable<RunDetail>[]) {
    this.#total = total;
    this.#now = now;
    this.#real = new Map(real.map((detail) => [detail.run.id, detail]));
  }

  runs({ filter, after, skip = 0, limit }: RunQuery): RunPage {
    const runs: RunRecord[] = [];
    let passing = skip;
    let from = after === undefined ? 0 : this.#indexOf(after.id) + 1;
    if (Object.keys(filter).every((name) => name === "to")) {
      from += passing;
      passing = 0;
    }
    const end = Object.keys(filter).every((name) => name === "to") ? this.#length : Math.min(this.#length, SCANNED);
    for (let index = from; index < end && runs.length <= limit; index++) {
      const run = this.#at(index);
      if (!fits(run, filter)) continue;
      if (passing > 0) passing--;
      else runs.push(run);
    }
    const page = runs.slice(0, limit);
    const last = page.at(-1);
    if (runs.length <= limit || last === undefined) return { runs: page };
    return { runs: page, next: { startedAt: last.startedAt, id: last.id } };
  }

  run(id: RunId): RunDetail {
    const real = this.#real.get(id);
    if (real !== undefined) return real;
    const index = this.#indexOf(id);
    return index >= 0 && index < this.#length ? fakeDetail(this.#at(index)) : null;
  }

  counts(filter: RunFilter): RunCounts {
    const of = { runs: 0, pass: 0, fail: 0, error: 0, aborted: 0, running: 0 };
    for (let index = 0; index < Math.min(this.#length, SCANNED); index++) {
      const run = this.#at(index);
      if (!fits(run, filter)) continue;
      of.runs += 1;
      of[run.outcome === null ? "running" : OUTCOME_COUNT[run.outcome]] += 1;
    }
    const share = Object.keys(filter).length === 0 && this.#length > SCANNED ? this.#length / SCANNED : 1;
    const grown = Object.fromEntries(Object.entries(of).map(([name, count]) => [name, Math.round(count * share)]));
    return { ...of, ...grown, units: of.runs, unitsPassed: of.pass, unitsPassedFirst: of.pass };
  }

  get #length(): number {
    return this.#real.size + this.#total;
  }

  #indexOf(id: RunId): number {
    const place = [...this.#real.keys()].indexOf(id);
    return place >= 0 ? place : this.#real.size + this.#total - Number.parseInt(id.slice(-12), 16);
  }

  #at(index: number): RunRecord {
    const real = [...this.#real.values()][index];
    return real?.run ?? this.#invented(index - this.#real.size);
  }

  #invented(index: number): RunRecord {
    const number = this.#total - index;
    const tray = Math.floor(index / TRAY);
    const slot = TRAY - (index % TRAY);
    const started = this.#now - tray * TRAY_TIME - (index % TRAY) * 9_000 - 250_000;
    const outcome = outcomeOf(number);
    const codes = CODES[outcome];
    const elapsedMs = outcome === "PASS" ? 225_000 + ((number * 7919) % 28_000) : 12_000 + ((number * 7919) % 190_000);
    return {
      id: `01a20265-e12d-7b9a-8f39-${number.toString(16).padStart(12, "0")}` as RunId,
      batch: `01a20265-e12c-7b25-a9a6-${tray.toString(16).padStart(12, "0")}` as BatchId,
      slot: String(slot) as SlotId,
      uuid: `50363154-3931-44f0-8022-${number.toString(16).padStart(12, "0")}` as DeviceUuid,
      imei: `35502593${String(number).padStart(7, "0")}` as Imei,
      boardSerial: `PS-${(0x7_0000 + number * 7).toString(36).toUpperCase().padStart(6, "7")}`,
      outcome,
      code: codes[number % codes.length] ?? null,
      startedAt: new Date(started).toISOString(),
      finishedAt: new Date(started + elapsedMs).toISOString(),
      recipe: "Meter LTE-M EU 14",
      recipeSha256: RECIPE_SHA256,
      operator: tray % 90 < 60 ? "Operator 07" : "Operator 12",
      station: "01a20265-e0d0-7420-aa47-4dc0985ea0de",
      link: `serial:/dev/slot${slot}`,
      model: "nRF9151-LACA",
      firmware: "mfw_nrf91x1_2.0.2",
      hardware: "nRF9151 LACA A0A",
      iccid: null,
      release: "restored",
      elapsedMs,
      again: false,
      training: false,
      purpose: "provision",
    };
  }
}

const OUTCOME_COUNT = { PASS: "pass", FAIL: "fail", ERROR: "error", ABORTED: "aborted" } as const;

function outcomeOf(number: number): Outcome {
  const draw = (number * 2654435761) % 1000;
  if (draw < 17) return "FAIL";
  if (draw < 25) return "ERROR";
  return draw < 28 ? "ABORTED" : "PASS";
}

function fits(run: RunRecord, filter: RunFilter): boolean {
  const names = [run.uuid, run.imei, run.boardSerial];
  return (
    (filter.from === undefined || run.startedAt >= filter.from) &&
    (filter.to === undefined || run.startedAt <= filter.to) &&
    (["batch", "recipe", "outcome", "code", "operator"] as const).every(
      (name) => filter[name] === undefined || run[name] === filter[name],
    ) &&
    (filter.unit === undefined || names.includes(filter.unit)) &&
    (filter.unitStart === undefined || names.some((name) => name?.startsWith(filter.unitStart ?? "") === true))
  );
}
