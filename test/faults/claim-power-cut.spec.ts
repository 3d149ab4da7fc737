import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OwnerApi } from "../../src/cloud/owner-api.ts";
import { listCommandsCall, readUnitCall } from "../../src/cloud/owner-call.ts";
import { parseCommands, parseUnit } from "../../src/cloud/owner-answer.ts";
import { realClock } from "../../src/core/real-clock.ts";
import type { DeviceUuid } from "../../src/core/ids.ts";
import { makeBoard } from "../../src/simulator/board.ts";
import { loadRecipe } from "../../src/station/files/recipe-file.ts";
import type { StationFiles } from "../../src/station/batch-plan.ts";
import { tokenDesk, TokenFile } from "../../src/station/token-file.ts";
import { HttpsTransport } from "../../src/transport/https/https-transport.ts";
import { OwnerHttps } from "../../src/transport/https/owner-https.ts";
import { FakeService } from "../fakes/fake-service.ts";
import { atEveryCut, PowerCut } from "../fakes/power-cut.ts";
import { Harness } from "../service/support/harness.ts";
import { stationFiles } from "../station/station-rig.ts";
import { CutLine, type CutService } from "./support/cut-line.ts";

const TRAINING = join(import.meta.dirname, "../../resources/recipes/training/recipe.yaml");
const GATHER = join(import.meta.dirname, "../../resources/recipes/gather-tokens/recipe.yaml");
const COMMANDS = 5;

const signal = new AbortController().signal;

async function files(): Promise<StationFiles> {
  return { ...stationFiles(1), recipe: await loadRecipe(TRAINING, {}) };
}

/** What the owner's side has about the unit. */
async function ownerSide(owner: OwnerApi, uuid: DeviceUuid) {
  const claimed = parseUnit(await owner.exchange(readUnitCall(uuid), signal)) !== undefined;
  const commands = claimed ? parseCommands(await owner.exchange(listCommandsCall(uuid), signal)) : [];
  return { claimed, commands };
}

/** Cuts the power at one await of the claim phase, starts a new station on what is left, and runs the unit again. */
async function cutAndStartAgain(power: PowerCut, service: CutService, unit: number): Promise<void> {
  const line = await CutLine.make({
    files: await files(),
    service,
    modem: { modem: { board: makeBoard("cut", unit) } },
  });
  try {
    const { uuid } = line.modem.modem.board;
    await line.live(power, "claim");
    const place = power.place;
    const before = await ownerSide(service.owner, uuid);
    const { runs } = await line.record();
    const told = runs.flatMap(({ events }) => events);
    const has = (type: string, act: string): boolean =>
      told.some((event) => event.type === type && "act" in event && event.act === act);
    // Nothing was changed at the owner's side that the record does not know of.
    expect({ place, claimed: before.claimed && !has("claim.announced", "claim") }).toEqual({ place, claimed: false });
    expect({ place, queued: before.commands.length > 0 && !has("queue.announced", "queue") }).toEqual({
      ...{ place, queued: false },
    });
    if (!power.isOff) return;
    const { slot, recovered } = await line.live(new PowerCut());
    expect({ place, recovered: recovered.length, ...slot }).toMatchObject({ recovered: 1, outcome: "PASS" });
    const after = await ownerSide(service.owner, uuid);
    // Every command once, none left over, each with its result.
    expect({ place, states: after.commands.map(({ state }) => state) }).toEqual({
      place,
      states: Array.from({ length: COMMANDS }, () => "succeeded"),
    });
    const record = await line.record();
    expect({ place, ...record.verdict }).toMatchObject({ place, ok: true });
    expect(record.runs.map(({ run }) => run.outcome)).toEqual(["ABORTED", "PASS"]);
    const concluded = record.runs[1]?.events.filter(({ type }) => type === "command.concluded");
    expect(concluded?.filter((event) => event.type === "command.concluded" && event.result === "error")).toEqual([]);
  } finally {
    await line.remove();
  }
}

describe("a power cut in the claim phase", () => {
  it("leaves nothing claimed or queued without a record, at any await, and the next run passes", async () => {
    const places = await atEveryCut((power) => {
      const service = new FakeService();
      return cutAndStartAgain(power, { owner: service, http: service.http }, 1);
    });
    expect(places.length).toBeGreaterThan(30);
    const kinds = ["store.append", "owner.exchange", "modem.send"];
    for (const kind of kinds) expect(places.join()).toContain(`after ${kind}`);
  }, 240_000);
});

describe("a power cut while what an earlier one left is cleared away", () => {
  it("leaves nothing given up without a record, at any await, and the next run passes", async () => {
    const recipe = await loadRecipe(TRAINING, {});
    const places = await atEveryCut(async (power) => {
      // This service takes no single command out of a queue: the unit must be given up and claimed anew.
      const service = new FakeService({ discards: false });
      const line = await CutLine.make({
        files: { ...stationFiles(1), recipe },
        service: { owner: service, http: service.http },
      });
      try {
        const sent = (points: readonly string[]): number =>
          points.filter((point) => point === "after owner.exchange").length;
        await line.live(new PowerCut((points) => sent(points) === 5), "claim");
        await line.live(power, "claim");
        const { runs } = await line.record();
        const told = runs.flatMap(({ events }) => events);
        const gaveUp = told.some((event) => event.type === "claim.announced" && event.act === "unclaim");
        const deleted = service.calls.some(({ method, path }) => method === "DELETE" && path.split("/").length === 2);
        expect({ place: power.place, unrecorded: deleted && !gaveUp }).toEqual({
          place: power.place,
          unrecorded: false,
        });
        const again = power.isOff ? await line.live(new PowerCut()) : undefined;
        expect(again?.slot ?? { outcome: "PASS" }).toMatchObject({ outcome: "PASS" });
        const { commands } = await ownerSide(service, line.modem.modem.board.uuid);
        expect(commands.map(({ state }) => state)).toEqual(Array.from({ length: COMMANDS }, () => "succeeded"));
        expect((await line.record()).verdict).toMatchObject({ ok: true });
      } finally {
        await line.remove();
      }
    });
    expect(places.length).toBeGreaterThan(40);
  }, 400_000);
});

describe("a power cut while a unit's token is gathered", () => {
  it("loses no token, keeps none twice, and the next run passes", async () => {
    const folder = await mkdtemp(join(tmpdir(), "cut-tokens-"));
    const service = new FakeService();
    const recipe = await loadRecipe(GATHER, {});
    const units = { count: 0 };
    const places = await atEveryCut(async (power) => {
      const path = join(folder, `${++units.count}.csv`);
      const line = await CutLine.make({
        files: { ...stationFiles(1), recipe },
        service: { owner: service, http: service.http },
        desks: (given) => {
          const answer = tokenDesk(new TokenFile(path, realClock));
          return { "keep-token": (question, asker) => given.around("tokens.keep", () => answer(question, asker)) };
        },
      });
      try {
        await line.live(power, "claim");
        const rows = async (): Promise<number> => (await readFile(path, "utf8").catch(() => "")).split("\n").length - 1;
        const { runs } = await line.record();
        const kept = runs.some(({ events }) => events.some(({ type }) => type === "token.kept"));
        expect({ place: power.place, lost: kept && (await rows()) === 0 }).toEqual({ place: power.place, lost: false });
        const again = power.isOff ? await line.live(new PowerCut()) : undefined;
        expect(again?.slot ?? { outcome: "PASS" }).toMatchObject({ outcome: "PASS" });
        expect(await rows()).toBe(1);
      } finally {
        await line.remove();
      }
    });
    await rm(folder, { recursive: true });
    expect(places).toContain("after tokens.keep");
  }, 120_000);
});

describe("a power cut in the claim phase against the embedded service", () => {
  let harness: Harness;
  beforeAll(async () => {
    harness = await Harness.start();
  });
  afterAll(() => harness.stop());

  it("is as harmless", async () => {
    const { ca, service } = harness;
    const options = { ca, clock: realClock, proxy: undefined };
    const owner = new OwnerHttps({
      ...options,
      ...{ base: `${service.owner}/v1`, key: service.ownerKey, userAgent: "spec" },
    });
    const http = new HttpsTransport({ ...options, limits: { answerBytes: 2304 } });
    const { port } = new URL(service.https);
    const local: CutService = {
      owner,
      http: {
        exchange: (request, given) => http.exchange({ ...request, host: "127.0.0.1", port: Number(port) }, given),
      },
    };
    const units = { count: 0 };
    const places = await atEveryCut((power) => cutAndStartAgain(power, local, ++units.count));
    expect(places.length).toBeGreaterThan(30);
  }, 400_000);
});
