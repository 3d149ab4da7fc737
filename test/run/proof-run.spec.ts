import { beforeEach, describe, expect, it } from "vitest";
import type { Admission } from "../../src/contract/order.ts";
import type { GoldenReference, Proof, UnitHistory } from "../../src/contract/proof.ts";
import type { RunEvent } from "../../src/contract/run-event.ts";
import { foundCredentials } from "../../src/audit/unit-reader.ts";
import { encodeWireText } from "../../src/core/wire-text.ts";
import { parseDeviceUuid } from "../../src/core/ids.ts";
import { makeBoard } from "../../src/simulator/board.ts";
import type { SimulatedModem } from "../../src/simulator/simulated-modem.ts";
import { recipe, RunRig, sha256, type RigOptions } from "./support/run-rig.ts";

const TAG = 16_842_753;
/** Writes as somebody at a terminal would, whatever mode the modem is in; the mode stays. */
function meddle(modem: SimulatedModem, ...commands: readonly string[]): void {
  const { mode } = modem;
  modem.execute("AT+CFUN=4");
  for (const command of commands) modem.execute(command);
  modem.execute(`AT+CFUN=${mode}`);
}
const put = (modem: SimulatedModem, tag: number, type: number, content: string): void =>
  meddle(modem, `AT%CMNG=3,${tag},${type}`, `AT%CMNG=0,${tag},${type},"${content}"`);
const drop = (modem: SimulatedModem, tag: number, type: number): void => meddle(modem, `AT%CMNG=3,${tag},${type}`);
const listOf = (modem: SimulatedModem): readonly string[] => modem.execute("AT%CMNG=1").lines;

let board: SimulatedModem;
let history: UnitHistory;

beforeEach(async () => {
  const rig = new RunRig();
  await rig.run();
  board = rig.opener.modem;
  const found = foundCredentials(rig.events).map(({ credential: type, ...rest }) => ({ ...rest, type }));
  history = { begun: true, proved: { run: "1", credentials: found } };
});

const admitting = (known?: UnitHistory) => (): Promise<Admission> =>
  Promise.resolve({ kind: "admitted", settings: {}, ...(known === undefined ? {} : { history: known }) });
const rigOf = (proof: Proof, options: RigOptions = {}): RunRig =>
  new RunRig({ proof, admission: admitting(history), modem: { board }, ...options });
const verdicts = (rig: RunRig): readonly string[] =>
  rig.eventsOf("credential.verified").map(({ secTag, credential, verdict }) => `${secTag}/${credential} ${verdict}`);

describe("a proof", () => {
  it("passes a unit that holds what its recipe says and what the record found, and changes nothing", async () => {
    const before = listOf(board);
    const rig = rigOf({ kind: "recipe" });
    expect(await rig.run()).toMatchObject({ outcome: "PASS", release: "restored" });
    expect(verdicts(rig)).toEqual([`${TAG}/2 present`, `${TAG}/0 match`]);
    expect(rig.phases).toEqual([
      ...["connect1 passed", "identify1 passed", "check1 passed", "claim1 skipped", "provision1 skipped"],
      ...["verify1 passed", "release1 passed"],
    ]);
    expect(listOf(board)).toEqual(before);
    expect(rig.opener.sent.filter((command) => /%CMNG=[03]|KEYGEN|CFUN=|RESET/.test(command))).toEqual([]);
    expect(rig.service.requests).toEqual([]);
  });

  it("goes by the recipe alone where the record knows nothing", async () => {
    const rig = rigOf({ kind: "recipe" }, { admission: admitting() });
    expect(await rig.run()).toMatchObject({ outcome: "PASS" });
    put(board, TAG, 0, "-----BEGIN CERTIFICATE-----\nother\n-----END CERTIFICATE-----\n");
    const again = rigOf({ kind: "recipe" }, { admission: admitting({ begun: false }) });
    expect(await again.run()).toMatchObject({
      outcome: "FAIL",
      error: { code: "run.credential-different", facts: { secTag: TAG, credential: 0 } },
    });
  });

  it("tells a key that was changed since the unit passed", async () => {
    put(board, TAG, 2, "another key");
    const ended = await rigOf({ kind: "recipe" }).run();
    expect(ended).toMatchObject({
      outcome: "FAIL",
      error: {
        code: "run.proof-changed",
        facts: { secTag: TAG, credential: 2, verdict: "different", foundSha256: sha256(encodeWireText("another key")) },
      },
    });
  });

  it("tells a credential that is gone", async () => {
    drop(board, TAG, 0);
    expect(await rigOf({ kind: "recipe" }).run()).toMatchObject({ error: { code: "run.proof-changed" } });
    const byRecipe = rigOf({ kind: "recipe" }, { admission: admitting() });
    expect(await byRecipe.run()).toMatchObject({ error: { code: "run.credential-missing" } });
  });

  it("puts the modem back as it was found, though the fixture powers it off", async () => {
    const order = { release: "power-off" } as const;
    expect(await rigOf({ kind: "recipe" }, { order }).run()).toMatchObject({ release: "restored" });
  });
});

describe("a proof of a recipe with values of units", () => {
  const withValues = recipe({
    values: { file: "units.csv", key: "imei" },
    commands: [
      { atCommand: { command: "%CMNG", parameters: `0,${TAG},4,"{{name}}"` } },
      { serverCertificate: { secTag: TAG, file: "ca.pem" } },
    ],
  });

  it("compares with the unit's own row", async () => {
    put(board, TAG, 4, "board-7");
    const knowing = (name: string) => () =>
      Promise.resolve<Admission>({ kind: "admitted", settings: {}, values: { name } });
    const right = rigOf({ kind: "recipe" }, { order: { recipe: withValues }, admission: knowing("board-7") });
    expect(await right.run()).toMatchObject({ outcome: "PASS" });
    expect(verdicts(right)).toEqual([`${TAG}/4 match`, `${TAG}/0 match`, `${TAG}/2 unexpected`]);
    const wrong = rigOf({ kind: "recipe" }, { order: { recipe: withValues }, admission: knowing("board-8") });
    expect(await wrong.run()).toMatchObject({ error: { code: "run.credential-different" } });
  });

  it("goes by presence where the unit has no row", async () => {
    put(board, TAG, 4, "board-7");
    const rig = rigOf({ kind: "recipe" }, { order: { recipe: withValues }, admission: admitting() });
    expect(await rig.run()).toMatchObject({ outcome: "PASS" });
    expect(verdicts(rig)).toEqual([`${TAG}/4 present`, `${TAG}/0 match`, `${TAG}/2 unexpected`]);
  });
});

describe("the golden unit", () => {
  const referenceOf = (events: readonly RunEvent[]): GoldenReference => {
    const identified = events.find((event) => event.type === "unit.identified");
    if (identified === undefined) throw new TypeError("nobody was identified");
    const { uuid, imei, model, firmware } = identified.device;
    const credentials = foundCredentials(events).map(({ credential: type, ...rest }) => ({ ...rest, type }));
    return {
      ...{ golden: 1, name: "Golden A", uuid, imei, model: model ?? "", firmware: firmware ?? "", credentials },
      learnedAt: "2026-03-01T08:00:00.000Z",
    };
  };
  const learned = async (): Promise<GoldenReference> => {
    const rig = rigOf({ kind: "golden-learn", name: "Golden A" });
    expect(await rig.run()).toMatchObject({ outcome: "PASS" });
    return referenceOf(rig.events);
  };
  const check = async (reference: GoldenReference, options: RigOptions = {}) =>
    rigOf({ kind: "golden", reference }, options).run();

  it("is learned with every credential, and passes while nothing changes", async () => {
    const reference = await learned();
    expect(reference.credentials.map(({ secTag, type }) => [secTag, type])).toEqual([
      [TAG, 0],
      [TAG, 2],
    ]);
    expect(await check(reference)).toMatchObject({ outcome: "PASS", release: "restored" });
  });

  it("is no board without credentials", async () => {
    for (const type of [0, 2]) drop(board, TAG, type);
    const rig = rigOf({ kind: "golden-learn", name: "Golden A" });
    expect(await rig.run()).toMatchObject({ outcome: "ERROR", error: { code: "run.golden-empty" } });
  });

  it("is told from another board", async () => {
    const reference = { ...(await learned()), uuid: parseDeviceUuid("50363154-3931-44f0-8022-121b6401627d")! };
    expect(reference.uuid).not.toBe(makeBoard("station", 1).uuid);
    expect(await check(reference)).toMatchObject({ outcome: "ERROR", error: { code: "run.golden-other-board" } });
  });

  it("fails with another firmware", async () => {
    const reference = { ...(await learned()), firmware: "mfw_nrf91x1_2.0.1" };
    expect(await check(reference)).toMatchObject({
      outcome: "FAIL",
      error: { code: "run.golden-firmware", facts: { what: "firmware", expected: "mfw_nrf91x1_2.0.1" } },
    });
  });

  it.each([
    ["changed", () => put(board, TAG, 2, "another key"), "different"],
    ["gone", () => drop(board, TAG, 2), "missing"],
    ["too much", () => put(board, 7, 4, "somebody's"), "unexpected"],
  ])("fails with a credential that is %s", async (_name, change, verdict) => {
    const reference = await learned();
    change();
    expect(await check(reference)).toMatchObject({
      outcome: "FAIL",
      error: { code: "run.golden-credential", facts: { verdict } },
    });
  });
});

describe("a recipe that wants empty tags", () => {
  const wanting = recipe({ verify: { emptyBefore: true } });

  it("refuses a unit that holds something there before anything is done to it", async () => {
    const rig = new RunRig({ order: { recipe: wanting } });
    put(rig.opener.modem, TAG, 4, "somebody's");
    expect(await rig.run()).toMatchObject({
      outcome: "FAIL",
      error: { code: "run.tag-occupied", facts: { secTag: TAG, credential: 4 } },
    });
    expect(verdicts(rig)).toEqual([`${TAG}/4 unexpected`]);
    expect(rig.service.requests).toEqual([]);
    expect(rig.opener.sent.some((command) => /%CMNG=[03]|KEYGEN/.test(command))).toBe(false);
  });

  it("takes an empty unit, and one that this station has begun to provision", async () => {
    expect(await new RunRig({ order: { recipe: wanting } }).run()).toMatchObject({ outcome: "PASS" });
    const again = new RunRig({ order: { recipe: wanting }, admission: admitting(history), modem: { board } });
    expect(await again.run()).toMatchObject({ outcome: "PASS" });
    const stranger = new RunRig({ order: { recipe: wanting }, modem: { board } });
    expect(await stranger.run()).toMatchObject({ error: { code: "run.tag-occupied" } });
  });

  it("looks at the tags it names, and only there", async () => {
    const rig = new RunRig({ order: { recipe: recipe({ verify: { emptyBefore: [9] } }) } });
    put(rig.opener.modem, TAG, 4, "somebody's");
    expect(await rig.run()).toMatchObject({ outcome: "PASS" });
  });
});

describe("the verification list of a recipe", () => {
  const listing = (credentials: readonly object[], changes: object = {}): RigOptions => ({
    order: { recipe: recipe({ verify: { credentials, ...changes } }) },
  });

  it("passes what is as it says", async () => {
    const rig = new RunRig(
      listing([
        { secTag: TAG, type: "rootCa", file: "ca.pem" },
        { secTag: TAG, type: "clientPrivateKey" },
        { secTag: TAG, type: "preSharedKey", present: false },
        { secTag: 9, type: 4, text: "board" },
      ]),
    );
    put(rig.opener.modem, 9, 4, "board");
    expect(await rig.run()).toMatchObject({ outcome: "PASS" });
    expect(verdicts(rig)).toEqual([`${TAG}/2 match`, `${TAG}/0 match`, "9/4 match"]);
  });

  it.each([
    ["another digest", [{ secTag: 9, type: 4, sha256: "A".repeat(64) }], {}, "run.credential-different", 9],
    ["something that is not there", [{ secTag: 8, type: "rootCa" }], {}, "run.credential-missing", 8],
    ["nothing where something is", [{ secTag: 9, type: 4, present: false }], {}, "run.credential-unexpected", 9],
    ["nothing more on a tag", [{ secTag: TAG, type: 0 }], { forbidUnexpected: [9] }, "run.credential-unexpected", 9],
  ])("fails when it asks for %s", async (_name, credentials, changes, code, secTag) => {
    const rig = new RunRig(listing(credentials, changes));
    put(rig.opener.modem, 9, 4, "board");
    expect(await rig.run()).toMatchObject({ outcome: "FAIL", error: { code, facts: { secTag } } });
  });

  it("says so where the fixture cannot read the board's settings", async () => {
    const rig = new RunRig(listing([], { settings: { "site/name": "Oslo" } }));
    expect(await rig.run()).toMatchObject({ outcome: "PASS" });
    expect(rig.eventsOf("note").map(({ text: told }) => told)).toContain(
      "the fixture cannot read the board's settings: not verified",
    );
  });
});
