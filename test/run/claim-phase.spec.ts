import { describe, expect, it } from "vitest";
import { claimCall } from "../../src/cloud/owner-call.ts";
import type { Question } from "../../src/contract/question.ts";
import { seconds } from "../../src/core/duration.ts";
import { StationError } from "../../src/core/error.ts";
import { parseAttestationToken } from "../../src/provisioning/attestation-token.ts";
import { QueueMark } from "../../src/run/queue-mark.ts";
import { answer, type FakeRule, type ServiceTwist } from "../fakes/fake-service.ts";
import { EARLIER, profile, recipe, RUN, RunRig, sha256, STATION, type RigOptions } from "./support/run-rig.ts";

const CLOUD = { order: { profile: profile({ service: "nrf-cloud" }) } };
const COMMANDS = [{ config: { "station/site": "Oslo" } }, "finished"];

const kindsOf = (rig: RunRig): readonly string[] =>
  rig.events.flatMap((event) => {
    if (event.type === "claim.announced" || event.type === "queue.announced") return [`${event.act} announced`];
    if (event.type === "claim.concluded" || event.type === "queue.concluded") return [`${event.act} ${event.result}`];
    return [];
  });
const codeOf = async (options: RigOptions, before?: (rig: RunRig) => void) => {
  const rig = new RunRig(options);
  before?.(rig);
  const { outcome, error } = await rig.run();
  return { rig, outcome, code: error?.code };
};

describe("the claim of a unit", () => {
  it("is announced with what stands for the token, acknowledged before it is sent, and concluded", async () => {
    const stored: string[] = [];
    const twist: ServiceTwist = {
      owner: ({ method, path }) => {
        if (method === "POST") stored.push(`${path.split("/").at(-1) ?? ""} after ${rig.events.at(-1)?.type ?? ""}`);
        return undefined;
      },
    };
    const rig = new RunRig({ service: twist, order: { recipe: recipe({ claim: { tags: ["line-4"] } }) } });
    expect(await rig.run()).toMatchObject({ outcome: "PASS" });
    const [claim] = rig.eventsOf("claim.announced");
    const token = JSON.parse(rig.service.calls[0]?.body?.reveal() ?? "") as { readonly claimToken: string };
    expect(claim).toMatchObject({
      ...{ act: "claim", uuid: rig.opener.modem.board.uuid, tags: ["line-4"] },
      token: { sha256: sha256(new TextEncoder().encode(token.claimToken)), length: token.claimToken.length },
    });
    expect(stored[1]).toBe("claimed-devices after claim.announced");
    expect(stored[2]).toBe("provisioning after queue.announced");
    expect(kindsOf(rig)).toEqual(["claim announced", "claim claimed", "queue announced", "queue done"]);
    expect(rig.eventsOf("queue.concluded")[0]?.ids).toEqual(["c1", "c2", "c3", "c4"]);
    expect(rig.eventsOf("queue.settled")[0]?.commands).toEqual(
      ["c1", "c2", "c3", "c4"].map((id) => ({ id, status: "SUCCEEDED" })),
    );
    expect(JSON.stringify(rig.events)).not.toContain(token.claimToken.slice(0, 60));
  });

  it("is not sent when the store does not confirm it", async () => {
    const { rig, code } = await codeOf({ stores: ({ type }) => type !== "claim.announced" });
    expect(code).toBe("run.store-silent");
    expect(rig.service.claimed.size).toBe(0);
  });

  it("finds out by a dry run that the unit is ours, and claims nothing then", async () => {
    const { rig, outcome } = await codeOf({}, (before) =>
      before.service.claimed.set(before.opener.modem.board.uuid, []),
    );
    expect(outcome).toBe("PASS");
    expect(kindsOf(rig)).toEqual(["claim ours-already", "queue announced", "queue done"]);
    expect(rig.service.calls.some(({ path, method }) => method === "POST" && path === "claimed-devices")).toBe(false);
  });

  it("ends as an ERROR of its own when another account owns the unit, without a claim", async () => {
    const { rig, outcome, code } = await codeOf({}, (before) =>
      before.service.foreign.add(before.opener.modem.board.uuid),
    );
    expect({ outcome, code }).toEqual({ outcome: "ERROR", code: "cloud.claimed-elsewhere" });
    expect(kindsOf(rig)).toEqual([]);
  });

  it.each([
    [401, "", "cloud.key-refused"],
    [403, "Forbidden", "cloud.role-refused"],
    [404, "there is no such path", "cloud.endpoint-unknown"],
    [400, "claimToken: no attestation token", "cloud.token-refused"],
    [422, "signature of the attestation token is not valid", "cloud.token-refused"],
    [403, "The device is claimed by another tenant", "cloud.claimed-elsewhere"],
    [503, "", "cloud.unavailable"],
  ])("tells a refusal by %i %j as %s", async (status, message, code) => {
    const owner: ServiceTwist["owner"] = ({ method, path }) =>
      method === "POST" && path.startsWith("claimed-devices") ? answer(status, { message }) : undefined;
    expect(await codeOf({ service: { owner } })).toMatchObject({ code });
  });

  it("asks first after a claim whose answer was lost", async () => {
    const lost: ServiceTwist["owner"] = ({ method, path }) => {
      if (method !== "POST" || path !== "claimed-devices") return undefined;
      rig.service.claimed.set(rig.opener.modem.board.uuid, []);
      return new StationError("transport.reset", "gone");
    };
    const rig: RunRig = new RunRig({ service: { owner: lost } });
    expect(await rig.run()).toMatchObject({ outcome: "PASS" });
    expect(kindsOf(rig)).toEqual([
      ...["claim announced", "claim unknown", "claim ours-already", "queue announced", "queue done"],
    ]);
  });

  it("waits as long as the service asks where it limits the rate, and claims once", async () => {
    const owner: ServiceTwist["owner"] = ({ path }, count) =>
      path === "claimed-devices" && count < 4 ? { ...answer(429), retryAfter: "20" } : undefined;
    const rig = new RunRig({ service: { owner } });
    const { elapsedMs } = await rig.run();
    expect(elapsedMs).toBeGreaterThan(40_000);
    expect(kindsOf(rig).slice(0, 2)).toEqual(["claim announced", "claim claimed"]);
  });

  it("works with a service that knows no dry runs", async () => {
    const owner: ServiceTwist["owner"] = ({ path }) => (path.includes("dryrun") ? answer(405) : undefined);
    expect(await codeOf({ service: { owner } })).toMatchObject({ outcome: "PASS" });
  });
});

describe("the queue of a unit", () => {
  it("that holds commands of somebody else is an ERROR, and nothing is discarded or given up", async () => {
    const { rig, outcome, code } = await codeOf({}, ({ service, opener }) =>
      service.leaveBehind(opener.modem.board.uuid, "Update client cert"),
    );
    expect({ outcome, code }).toEqual({ outcome: "ERROR", code: "cloud.queue-not-empty" });
    expect(rig.service.calls.some(({ method }) => method === "DELETE")).toBe(false);
    expect(rig.eventsOf("run.finished")[0]?.error?.facts).toMatchObject({
      ...{ first: "old", description: "Update client cert", commands: { value: 1, unit: "commands" } },
    });
  });

  it("that holds commands of another station, or of a mark that only looks alike, is not emptied", async () => {
    for (const description of [
      new QueueMark("01900000-0000-7000-8001-0000000000bb", RUN).describe(1),
      `x${EARLIER.describe(1)}`,
      `provisioning-station ${STATION}`,
    ])
      expect(
        await codeOf({}, ({ service, opener }) => service.leaveBehind(opener.modem.board.uuid, description)),
      ).toMatchObject({ code: "cloud.queue-not-empty" });
  });

  it("is emptied of what earlier runs of the station left, announced before", async () => {
    const { rig, outcome } = await codeOf({}, ({ service, opener }) =>
      service.leaveBehind(opener.modem.board.uuid, EARLIER.describe(3)),
    );
    expect(outcome).toBe("PASS");
    expect(kindsOf(rig)).toEqual([
      ...["claim ours-already", "discard announced", "discard done", "queue announced", "queue done"],
    ]);
    expect(rig.eventsOf("queue.announced")[0]).toMatchObject({ commands: ["old"], first: 0 });
  });

  it("gets no command twice when the answer to one was lost", async () => {
    const many = Array.from({ length: 25 }, (_, index) => ({ config: { [`site/${index}`]: "x" } }));
    const seen = { lost: 0 };
    const rig: RunRig = new RunRig({
      order: { recipe: recipe({ commands: [...many, "finished"] }) },
      service: {
        owner: (call) => {
          const isSecond = call.method === "POST" && call.body?.reveal().includes("#22") === true;
          if (!isSecond || seen.lost++ > 0) return undefined;
          void rig.service.exchange(call);
          return new StationError("transport.reset", "gone");
        },
      },
    });
    expect(await rig.run(seconds(3000))).toMatchObject({ outcome: "PASS" });
    const [queue = []] = rig.service.claimed.values();
    expect(queue.map(({ description }) => description)).toEqual(
      Array.from({ length: 26 }, (_, index) => new QueueMark(STATION, RUN).describe(index + 1)),
    );
  });
});

describe("a rule instead of commands", () => {
  const rule: FakeRule = {
    ...{ name: "Onboarding", active: true, tags: ["meter"] },
    commands: COMMANDS.map((command) => ({ request: typeof command === "string" ? { [command]: {} } : command })),
  };
  const ruled = (changes: object = {}): RigOptions => ({
    order: {
      recipe: recipe({ claim: { tags: ["meter"], rule: "Onboarding", ...changes }, commands: [], expect: COMMANDS }),
    },
  });
  const withRules =
    (...rules: readonly FakeRule[]) =>
    (rig: RunRig): void => {
      rig.service.rules = rules;
    };

  it("brings the commands, which are followed to their results", async () => {
    const { rig, outcome } = await codeOf(ruled(), withRules({ ...rule, name: "Other", tags: ["lamp"] }, rule));
    expect(outcome).toBe("PASS");
    expect(rig.eventsOf("claim.announced")[0]).toMatchObject({ rule: "Onboarding", tags: ["meter"] });
    expect(kindsOf(rig)).toEqual(["claim announced", "claim claimed"]);
    expect(rig.eventsOf("queue.settled")[0]?.commands).toHaveLength(2);
  });

  it.each([
    ["cloud.rule-missing", { ...rule, name: "Onboardin" }],
    ["cloud.rule-inactive", { ...rule, active: false }],
    ["cloud.rule-tags", { ...rule, tags: ["lamp"] }],
  ])("is checked before the claim: %s", async (code, found) => {
    const ended = await codeOf(ruled(), withRules(found));
    expect(ended).toMatchObject({ outcome: "ERROR", code });
    expect(ended.rig.service.claimed.size).toBe(0);
  });

  it("that did its work at an earlier claim is an ERROR at nRF Cloud; the embedded service is claimed from anew", async () => {
    const before = (rig: RunRig): void => {
      withRules(rule)(rig);
      rig.service.claimed.set(rig.opener.modem.board.uuid, []);
    };
    const { order } = ruled();
    expect(await codeOf({ order: { ...order, ...CLOUD.order } }, before)).toMatchObject({ code: "cloud.rule-unused" });
    const { rig, outcome } = await codeOf({ order: order ?? {} }, before);
    expect(outcome).toBe("PASS");
    expect(kindsOf(rig)).toEqual([
      ...["claim ours-already", "unclaim announced", "unclaim unclaimed", "claim announced", "claim claimed"],
    ]);
  });

  it("takes over what the rule queued at a claim that was cut off", async () => {
    const { rig, outcome } = await codeOf(ruled(), (before) => {
      withRules(rule)(before);
      const token = /"([^"]+)"/.exec(before.opener.modem.execute("AT%ATTESTTOKEN").lines.join())?.[1] ?? "";
      void before.service.exchange(claimCall(token, ["meter"]));
    });
    expect(outcome).toBe("PASS");
    expect(kindsOf(rig)).toEqual(["claim ours-already"]);
    expect(rig.service.calls.some(({ method }) => method === "DELETE")).toBe(false);
  });
});

describe("a claim later on", () => {
  const later = (): NonNullable<RigOptions["order"]> => ({
    recipe: recipe({ claim: { by: "later" }, commands: [] }),
    station: STATION,
  });

  it("hands the unit's token to the core, and does nothing else to the unit", async () => {
    const asked: Question[] = [];
    const rig = new RunRig({
      ...{ order: later(), withoutOwner: true },
      ask: (question) => {
        asked.push(question);
        return Promise.resolve({ kind: "token-kept" });
      },
    });
    expect(await rig.run()).toMatchObject({ outcome: "PASS", release: "restored" });
    expect(rig.phases.slice(3)).toEqual(["claim1 passed", "provision1 skipped", "verify1 skipped", "release1 passed"]);
    const [question] = asked;
    if (question?.kind !== "keep-token") throw new TypeError("no token was handed over");
    expect(parseAttestationToken(question.token).deviceUuid).toBe(rig.opener.modem.board.uuid);
    expect(question.imei).toBe(rig.opener.modem.board.imei);
    const token = { sha256: sha256(new TextEncoder().encode(question.token)), length: question.token.length };
    expect(rig.eventsOf("token.kept")[0]).toMatchObject({ uuid: question.uuid, token });
    expect(JSON.stringify(rig.events)).not.toContain(question.token.slice(0, 60));
    expect(rig.service.requests).toEqual([]);
  });

  it("is an ERROR when the token cannot be kept", async () => {
    const rig = new RunRig({
      ...{ order: later(), withoutOwner: true },
      ask: () => Promise.reject(new StationError("station.tokens-unwritable", "no space")),
    });
    expect(await rig.run()).toMatchObject({ outcome: "ERROR", error: { code: "station.tokens-unwritable" } });
    expect(rig.eventsOf("token.kept")).toEqual([]);
  });
});
