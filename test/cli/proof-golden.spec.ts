import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { lastJson, station } from "./station-process.ts";
import { PATIENCE, TRAINING, TrayLine } from "./support/tray-line.ts";

vi.setConfig(PATIENCE);

let line: TrayLine;

beforeAll(async () => {
  line = await TrayLine.start(2);
  await line.run("a.db", ["--slots", "1"]);
});

afterAll(() => line.stop());

const proof = (...more: readonly string[]) =>
  station(["proof", "--recipe", TRAINING, "--audit", line.path("a.db"), "--json", ...more]);
const golden = (act: string, ...more: readonly string[]) =>
  station([
    ...["golden", act, "--fixture", line.path("fixture.yaml"), "--golden", line.path("golden.json")],
    ...["--audit", line.path("a.db"), "--slots", "1", "--json", ...more],
  ]);

type Row = {
  readonly purpose: string;
  readonly outcome: string;
  readonly code: string | null;
  readonly recipe: string;
};

/** The runs of the record, oldest first. */
async function runs(file = "a.db"): Promise<readonly Row[]> {
  const out = line.path(`${file}.jsonl`);
  const ended = await station(["export", "--audit", line.path(file), "--format", "jsonl", "--out", out]);
  expect(ended).toMatchObject({ code: 0 });
  return line
    .read(`${file}.jsonl`)
    .trim()
    .split("\n")
    .map((text) => JSON.parse(text) as Row)
    .reverse();
}

describe("station proof", () => {
  it("passes a unit as it was provisioned, by port or by fixture, and records it apart", async () => {
    const [unit] = line.modems.units;
    expect(await proof("--port", unit?.link ?? "")).toMatchObject({ code: 0 });
    const ended = await proof("--fixture", line.path("fixture.yaml"), "--slots", "1");
    expect(ended).toMatchObject({ code: 0 });
    expect(lastJson(ended)).toMatchObject({ units: 1, pass: 1, service: null });
    const recorded = (await runs()).map(({ purpose, outcome }) => `${purpose} ${outcome}`).sort();
    expect(recorded).toEqual(["proof PASS", "proof PASS", "provision PASS"]);
    const report = await station(["report", "--audit", line.path("a.db"), "--mode", "both", "--json"]);
    expect(lastJson(report)).toMatchObject({ runs: { runs: 1, pass: 1 } });
    expect(await station(["verify", line.path("a.db")])).toMatchObject({ code: 0 });
  });

  it("fails a unit that was never provisioned", async () => {
    const ended = await proof("--fixture", line.path("fixture.yaml"), "--slots", "2");
    expect(ended).toMatchObject({ code: 1 });
    expect((await runs()).map(({ code }) => code)).toContain("run.credential-missing");
  });

  it("wants either a port or a fixture", async () => {
    expect(await proof()).toMatchObject({ code: 2 });
  });
});

describe("station golden", () => {
  it("learns a board, passes it, and lets production start after that only", async () => {
    line.write("cloud.yaml", line.profileText().replace("service: embedded", "service: nrf-cloud"));
    const production = (more: readonly string[] = []) => {
      const files = [
        "--recipe",
        TRAINING,
        "--fixture",
        line.path("fixture.yaml"),
        "--profile",
        line.path("cloud.yaml"),
      ];
      const check = ["--golden", line.path("golden.json"), "--golden-hours", "8", "--slots", "2"];
      return station(["run", ...files, ...check, "--audit", line.path("a.db"), ...more], line.environment);
    };
    const learned = await golden("learn", "--name", "Golden A", "--operator", "Grace");
    expect(learned).toMatchObject({ code: 0 });
    expect(lastJson(learned)).toMatchObject({ golden: 1, name: "Golden A", uuid: line.modems.units[0]?.uuid });
    const refused = await production();
    expect(refused.code).not.toBe(0);
    expect(refused.stderr).toContain("station.golden-due");
    expect(refused.stderr).toContain("run the golden check");
    expect(await golden("check")).toMatchObject({ code: 0 });
    expect(await production()).toMatchObject({ code: 0 });
  });

  it("fails the board once its key has changed, and production with it", async () => {
    expect(await line.run("b.db", ["--slots", "1"])).toMatchObject({ code: 0 });
    expect(await golden("check")).toMatchObject({ code: 1 });
    expect((await runs()).find(({ code }) => code === "run.golden-credential")).toMatchObject({
      ...{ purpose: "golden", outcome: "FAIL", recipe: "Golden A golden" },
    });
    const changed = await proof("--fixture", line.path("fixture.yaml"), "--slots", "1");
    expect(changed).toMatchObject({ code: 1 });
    expect((await runs()).map(({ code }) => code)).toContain("run.proof-changed");
  });

  it("tells another board in the slot", async () => {
    const other = ["golden", "check", "--fixture", line.path("fixture.yaml"), "--golden", line.path("golden.json")];
    expect(await station([...other, "--audit", line.path("a.db"), "--slots", "2"])).toMatchObject({ code: 1 });
    expect((await runs()).map(({ code }) => code)).toContain("run.golden-other-board");
  });
});
