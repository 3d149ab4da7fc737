import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RecipeSchema } from "../../src/contract/recipe.ts";
import type { RunEvent } from "../../src/contract/run-event.ts";
import { seconds } from "../../src/core/duration.ts";
import { realClock } from "../../src/core/real-clock.ts";
import type { Secret } from "../../src/core/secret.ts";
import { makeBoard } from "../../src/simulator/board.ts";
import { ok } from "../../src/simulator/answer.ts";
import { loadRecipe, resolveRecipe } from "../../src/station/files/recipe-file.ts";
import { HttpsTransport } from "../../src/transport/https/https-transport.ts";
import { OwnerHttps } from "../../src/transport/https/owner-https.ts";
import { PowerCut } from "../fakes/power-cut.ts";
import type { ModemTwist } from "../fakes/simulated-opener.ts";
import { FakeDevice } from "../service/support/fake-device.ts";
import { ask, Harness } from "../service/support/harness.ts";
import { stationFiles } from "../station/station-rig.ts";
import { CutLine, type CutService } from "./support/cut-line.ts";

const TRAINING = join(import.meta.dirname, "../../resources/recipes/training/recipe.yaml");
const COMMANDS = [{ config: { "station/site": "Oslo" } }, { finished: {} }];

const ruled = (rule: string, tags: readonly string[]) =>
  resolveRecipe(
    RecipeSchema.parse({
      ...{ recipe: 1, product: "Ruled", revision: "1", claim: { tags, rule }, expect: COMMANDS },
    }),
    { files: new Map(), secrets: new Map() },
  );

type Wish = {
  readonly key?: Secret;
  readonly path?: string;
  readonly modem?: ModemTwist;
  readonly recipe?: ReturnType<typeof ruled>;
  readonly before?: (uuid: string) => Promise<unknown>;
};

describe("the owner's side of a run against the embedded service", () => {
  let harness: Harness;
  const boards = { count: 0 };

  beforeAll(async () => {
    harness = await Harness.start();
    for (const [name, active, tag] of [
      ["Onboarding", true, "onboarding"],
      ["Asleep", false, "asleep"],
    ] as const) {
      const commands = COMMANDS.map((request) => ({ request }));
      await harness.owner("POST", "/v1/provisioning-rules", { name, active, tags: [tag], commands });
    }
  });
  afterAll(() => harness.stop());

  const serviceOf = (from: Harness, { key, path = "/v1" }: Wish): CutService => {
    const { ca, service } = from;
    const owner = new OwnerHttps({
      ...{ base: `${service.owner}${path}`, key: key ?? service.ownerKey, userAgent: "spec", ca, clock: realClock },
    });
    const http = new HttpsTransport({ ca, clock: realClock, limits: { answerBytes: 2304 } });
    const port = Number(new URL(service.https).port);
    return {
      owner,
      http: { exchange: (request, signal) => http.exchange({ ...request, host: "127.0.0.1", port }, signal) },
    };
  };

  /** Runs a new board; answers how it ended and what was told. */
  async function run(wish: Wish = {}, from = harness) {
    const board = makeBoard("owner-side", ++boards.count);
    await wish.before?.(board.uuid);
    const recipe = wish.recipe ?? (await loadRecipe(TRAINING, {}));
    const line = await CutLine.make({
      files: { ...stationFiles(1), recipe },
      service: serviceOf(from, wish),
      modem: { ...wish.modem, modem: { board } },
    });
    try {
      await line.live(new PowerCut());
      const { runs } = await line.record();
      const last = runs.at(-1);
      const events: readonly RunEvent[] = last?.events ?? [];
      return { outcome: last?.run.outcome, code: last?.run.code ?? undefined, events, uuid: board.uuid };
    } finally {
      await line.remove();
    }
  }

  it("passes with a rule that brings the commands, and tells what became of them", async () => {
    const { outcome, events } = await run({ recipe: ruled("Onboarding", ["onboarding"]) });
    expect(outcome).toBe("PASS");
    const settled = events.find(({ type }) => type === "queue.settled");
    expect(settled).toMatchObject({ commands: [{ status: "SUCCEEDED" }, { status: "SUCCEEDED" }] });
  });

  const queued = (uuid: string) =>
    harness.owner("POST", `/v1/claimed-devices/${uuid}/provisioning`, {
      description: "mine",
      request: { finished: {} },
    });
  const claimedBy = (bearer: string) => async (uuid: string) => {
    const device = new FakeDevice(uuid);
    const body = JSON.stringify({ claimToken: device.attestation(), tags: [] });
    const headers = { Authorization: `Bearer ${bearer}`, "Content-Type": "application/json" };
    await ask(`${harness.service.owner}/v1/claimed-devices`, harness.ca, { method: "POST", headers, body });
  };
  const other = () => harness.service.addKey(randomUUID(), "admin", "Another team");

  it.each([
    ["cloud.rule-missing", () => ({ recipe: ruled("Nobody's", ["onboarding"]) })],
    ["cloud.rule-inactive", () => ({ recipe: ruled("Asleep", ["asleep"]) })],
    ["cloud.rule-tags", () => ({ recipe: ruled("Onboarding", ["lamp"]) })],
    ["cloud.claimed-elsewhere", () => ({ before: claimedBy(other().reveal()) })],
    ["cloud.endpoint-unknown", () => ({ path: "/v2" })],
    ["cloud.role-refused", () => ({ key: harness.service.addKey(randomUUID(), "viewer", "default") })],
    ["run.token-of-other-unit", () => ({ modem: foreignToken() })],
    ["provisioning.token-malformed", () => ({ modem: answering('%ATTESTTOKEN: "2dn3.0oRD"') })],
    [
      "run.token-of-other-model",
      () => ({ modem: { answer: (command: string) => (command === "AT+CGMM" ? ok("nRF9161-LACA") : undefined) } }),
    ],
  ] as readonly (readonly [string, () => Wish])[])("ends as %s, with nothing claimed", async (code, wish) => {
    const ended = await run(wish());
    expect(ended.code).toBe(code);
    expect(ended.events.some(({ type }) => type === "claim.announced")).toBe(false);
    const { status } = await harness.owner("GET", `/v1/claimed-devices/${ended.uuid}`);
    expect(status).toBe(404);
  });

  it("passes at a service that limits the rate, waiting as it is told", async () => {
    const slow = await Harness.start({ requestRate: { requests: 3, per: seconds(1) } });
    try {
      const { outcome, events } = await run({}, slow);
      expect(outcome).toBe("PASS");
      expect(slow.lines.some(({ status }) => status === 429)).toBe(true);
      expect(events.filter(({ type }) => type === "claim.announced")).toHaveLength(1);
    } finally {
      await slow.stop();
    }
  });

  it("ends as cloud.queue-not-empty, the queue as it was", async () => {
    const ended = await run({
      before: async (uuid) => {
        await claimedBy(harness.service.ownerKey.reveal())(uuid);
        await queued(uuid);
      },
    });
    expect(ended).toMatchObject({ outcome: "ERROR", code: "cloud.queue-not-empty" });
    const { json } = await harness.owner("GET", `/v1/claimed-devices/${ended.uuid}/provisioning`);
    expect(json).toMatchObject({ items: [{ description: "mine", status: "PENDING" }] });
  });

  it("ends as cloud.queue-not-empty as well where a rule of the account queues more than the recipe says", async () => {
    const recipe = await loadRecipe(TRAINING, {});
    const tagged = { ...recipe, recipe: { ...recipe.recipe, claim: { by: "station" as const, tags: ["onboarding"] } } };
    expect(await run({ recipe: tagged })).toMatchObject({ outcome: "ERROR", code: "cloud.queue-not-empty" });
  });
});

const answering = (line: string): ModemTwist => ({
  answer: (command) => (command.startsWith("AT%ATTESTTOKEN") ? ok(line) : undefined),
});
const foreignToken = (): ModemTwist => answering(`%ATTESTTOKEN: "${new FakeDevice().attestation()}"`);
