import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { station } from "./station-process.ts";
import { callMain, type Called } from "./support/call-main.ts";
import { PATIENCE, RESOURCES, temporaryFolder, TRAINING } from "./support/tray-line.ts";

vi.setConfig(PATIENCE);

const FIXTURE = join(RESOURCES, "fixtures/training-tray.yaml");
const NRF_CLOUD = join(RESOURCES, "profiles/nrf-cloud.yaml");
const STACK = /\n\s+at .*:\d+:\d+/;

let folder: string;

beforeAll(() => {
  folder = temporaryFolder();
  writeFileSync(join(folder, "words.txt"), "hello\n");
  writeFileSync(join(folder, "empty"), "");
  mkdirSync(join(folder, "folder"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** `@` stands for the folder of this spec. */
const placed = (argv: readonly string[]): string[] => argv.map((word) => word.replace(/^@/, `${folder}/`));

const NEEDED = ["run", "--recipe", TRAINING, "--fixture", FIXTURE];
const RUN = [...NEEDED, "--audit", "@new.db"];
const EXPORT = ["export", "--audit", "@words.txt", "--out", "@out.csv"];

describe("wrong usage ends with 2 and a sentence that names what is wrong", () => {
  it.each<[readonly string[], RegExp]>([
    [["fly"], /no such command \(command fly, known demo, run/],
    [["help", "fly"], /no such command/],
    [["--version"], /no such command/],
    [["demo", "--units", "0"], /--units must be a whole number \(given 0, smallest 1, largest 128\)/],
    [["demo", "--units", "129"], /--units .* largest 128/],
    [["demo", "--units=eight"], /--units .*given eight/],
    [["demo", "--units"], /--units <value>.* argument missing/],
    [["demo", "--units", "--dir"], /'--units' argument is ambiguous \(command demo\)/],
    [["demo", "--transport", "carrier-pigeon"], /--transport must be one of https/],
    [["demo", "--latency", "slow"], /--latency must be one of none, realistic/],
    [["demo", "--fault", "1=explode"], /unknown kind \(fault 1=explode, kind explode, kinds silence /],
    [["demo", "--fault", "silence"], /not of the form SLOT=KIND/],
    [["demo", "--units", "2", "--fault", "3=silence"], /the fault's slot is not simulated \(slot 3/],
    [["demo", "--operator", ""], /--operator must not be empty/],
    [["demo", "--operator", "x".repeat(65)], /--operator must be at most 64 characters/],
    [["demo", "--dir", "@words.txt"], /the folder cannot be made or written .*words\.txt/],
    [["demo", "--dir", "@words.txt/below"], /the folder cannot be made or written/],
    [["demo", "--speed", "9"], /Unknown option '--speed'/],
    [["demo", "tray"], /unexpected argument \(command demo, argument tray\)/],
    [["demo", "--json=yes"], /'--json' does not take an argument/],
    [["run"], /--recipe is missing/],
    [["run", "--recipe", "@none.yaml"], /there is no such file \(file .*none\.yaml\)/],
    [["run", "--recipe", "@folder"], /it is not a file \(file .*folder\)/],
    [["run", "--recipe", "@empty"], /line 1, column 1: must be a group of fields/],
    [["run", "--recipe", TRAINING], /--fixture is missing/],
    [["run", "--recipe", TRAINING, "--fixture", "@none"], /there is no such file/],
    [["run", "--recipe", TRAINING, "--fixture", FIXTURE], /--audit is missing/],
    [["run", "--recipe", TRAINING, "--fixture", FIXTURE, "--audit", ""], /--audit is missing/],
    [[...NEEDED, "--profile", NRF_CLOUD, "--audit", "@words.txt"], /the file is no database \(file .*words\.txt\)/],
    [[...NEEDED, "--profile", NRF_CLOUD, "--audit", "@words.txt/a.db"], /the folder cannot be made or written/],
    [[...RUN, "--slots", ""], /each entry of --slots must be 1 to 16 letters/],
    [[...RUN, "--slots", "1,,2"], /each entry of --slots/],
    [[...RUN, "--slots", "a b"], /each entry of --slots .*given a b/],
    [[...RUN, "--operator", "a\u001b[31mb"], /--operator must not contain control characters .*\\u001b/],
    [[...RUN, "--serials", "@none.csv"], /there is no such file .*none\.csv/],
    [[...RUN, "--serials", "@words.txt"], /line 1: must hold slot,serial/],
    [[...RUN, "--profile", "@none.yaml"], /there is no such file .*none\.yaml/],
    [[...RUN, "--profile", TRAINING], /profile: is missing|product: is not a field of this file/],
    [[...RUN, "--again=yes"], /'--again' does not take an argument/],
    [[...RUN, "more"], /unexpected argument \(command run, argument more\)/],
    [["ports", "all"], /unexpected argument \(command ports, argument all\)/],
    [["ports", "--usb"], /Unknown option '--usb'/],
    [["export"], /--out is missing/],
    [["export", "--out", "@out.csv"], /--audit is missing/],
    [["export", "--audit", "@none.db", "--out", "@out.csv"], /there is no such file .*none\.db/],
    [["export", "--audit", "@folder", "--out", "@out.csv"], /the file cannot be read .*folder/],
    [["export", "--audit", "@empty", "--out", "@out.csv"], /there is no such database/],
    [EXPORT, /the file is no database \(file .*words\.txt\)/],
    [[...EXPORT, "--format", "xml"], /--format must be one of csv, jsonl/],
    [[...EXPORT, "--outcome", "pass"], /--outcome must be "PASS" or "FAIL" or "ERROR" or "ABORTED"/],
    [[...EXPORT, "--from", "yesterday"], /--from must be a time such as 2026-03-01 or/],
    [[...EXPORT, "--to", "2026-13-45"], /--to must be a time/],
    [[...EXPORT, "--batch", "7"], /--batch must be a UUID/],
    [[...EXPORT, "--unit", ""], /--unit must not be empty/],
    [[...EXPORT, "--recipe", "x".repeat(129)], /--recipe must be at most 128 characters/],
    [["verify"], /FILE is missing/],
    [["verify", "@none.db"], /there is no such file/],
    [["verify", "@folder"], /the file cannot be read/],
    [["verify", "a", "b"], /unexpected argument \(command verify, argument b\)/],
    [["shell"], /PORT is missing/],
    [["shell", "tcp://nowhere"], /this is not host:port/],
    [["shell", "tcp://127.0.0.1:99999"], /this is not host:port/],
    [["shell", "/dev/x", "--baud", "1"], /--baud must be a whole number .*smallest 300/],
    [["shell", "/dev/x", "--flow", "yes"], /--flow must be one of rtscts, xonxoff, none/],
    [["shell", "/dev/x", "--mode", "yes"], /--mode must be one of at, shell, auto/],
    [["shell", "/dev/x", "--profile", "@none.yaml"], /there is no such file/],
    [["service"], /--dir is missing/],
    [["service", "--dir", "@words.txt"], /the service's database cannot be opened/],
    [["service", "--dir", "@s", "--https", "65536"], /--https must be a whole number .*largest 65535/],
    [["service", "--dir", "@s", "--owner", "-1"], /--owner must be a whole number .*given -1, smallest 0/],
    [["service", "--dir", "@s", "--host", "not a host"], /--host must be an address or a host name/],
    [["service", "--dir", "@s", "--host", ""], /--host must be an address or a host name/],
    [["service", "--dir", "@s", "--rate", "0"], /--rate must be a whole number .*given 0, smallest 1/],
    [["service-key"], /add\|list\|remove is missing/],
    [["service-key", "sell", "--dir", "@s"], /expected add, list, remove \(given sell\)/],
    [["service-key", "add", "--dir", "@s", "--name", "a\tb"], /--name must be a name without control characters/],
    [["simulate", "--units", "257"], /--units must be a whole number .*largest 256/],
    [["simulate", "--port", "65535", "--units", "2"], /the ports do not fit/],
    [["simulate", "--latency", "1"], /--latency must be one of none, realistic/],
    [["simulate", "--fault", "9=silence"], /the fault's slot is not simulated/],
    [["simulate", "--folder", "@words.txt"], /the folder cannot be made/],
    [["simulate", "--log", "@none/log"], /the log file cannot be made/],
    [["conformance"], /FILE… is missing/],
    [["conformance", "@none.json"], /there is no such file/],
    [["conformance", "@folder"], /it is not a file/],
    [["conformance", "@words.txt"], /the vector file is no JSON/],
    [["conformance", NRF_CLOUD], /the vector file is no JSON/],
    [["bench", "tray"], /bench/],
    [["bench", "--slots", "0"], /--slots/],
    [["bench", "--latency", "1"], /--latency must be one of none, realistic/],
  ])("%j", async (argv, sentence) => {
    const { code, stdout, stderr } = await callMain(placed(argv));
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(STACK);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  });

  it("and with --json the same as an object, alone on stdout", async () => {
    const { code, stdout } = await callMain(["demo", "--units", "0", "--json"]);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toEqual({
      error: {
        code: "usage.option",
        what: "--units must be a whole number",
        facts: { given: "0", smallest: 1, largest: 128 },
        advice: "Run `station help COMMAND` for its options.",
      },
    });
  });

  it("as a process: exit code, streams and advice", async () => {
    const [none, wrong, slots] = await Promise.all([
      station([]),
      station(["verify", "--fast"]),
      station(placed([...RUN, "--profile", NRF_CLOUD, "--slots", "9", "--json"])),
    ]);
    expect({ code: none.code, stderr: none.stderr }).toEqual({ code: 0, stderr: "" });
    expect(none.stdout).toContain("usage: station COMMAND [OPTIONS]");
    expect({ code: wrong.code, stdout: wrong.stdout }).toEqual({ code: 2, stdout: "" });
    expect(wrong.stderr).toMatch(
      /^\[usage\.option\] Unknown option '--fast'.*\nRun `station help verify` for its options\.\n$/,
    );
    expect(slots.code).toBe(2);
    expect(JSON.parse(slots.stdout)).toMatchObject({ error: { code: "station.slot-unknown", facts: { slot: "9" } } });
  });
});

describe("help", () => {
  it.each(["demo", "run", "ports", "export", "verify", "shell", "service", "simulate", "conformance", "bench"])(
    "tells how %s is called, whatever else stands in the line",
    async (name) => {
      const ways = await Promise.all([callMain(["help", name]), callMain([name, "--nonsense", "--help"])]);
      expect(ways.map(({ code }) => code)).toEqual([0, 0]);
      expect(ways[0].stdout).toBe(ways[1].stdout);
      expect(ways[0].stdout).toContain(`usage: station ${name}`);
    },
  );
});

describe("any argument list", () => {
  const OPTIONS = ["--json", "--units", "--port", "--fault", "--format", "--out", "--audit", "--from", "--unit"];
  const NUMBERS = ["--https", "--owner", "--latency", "--baud", "--flow", "--mode", "--log", "--slots", "--seed"];
  const VALUES = ["0", "1", "-1", "65536", "1=silence", "csv", "none", "1,2", "", "-", "--", "--=", "=", "--json=1"];
  const word = fc.oneof(
    fc.constantFrom(...OPTIONS, ...NUMBERS),
    fc.constantFrom(...VALUES),
    fc.string({ maxLength: 12, unit: "binary" }).map((text) => text.replaceAll("/", "")),
  );
  const more = fc.array(word, { maxLength: 6 });

  // None of these can end as a failure of the station: the files that they name are not there.
  it.each([
    ["verify"],
    ["export"],
    ["conformance"],
    ["run"],
    ["ports"],
    ["simulate"],
    ["help"],
    ["demo", "--fault", "x"],
    ["shell", "tcp://nowhere"],
    ["service", "--host", "not a host"],
  ])("of %s … is performed or refused as wrong usage", async (...command) => {
    const workplace = process.cwd();
    process.chdir(join(folder, "folder"));
    try {
      await fc.assert(
        fc.asyncProperty(more, async (words) => {
          const called = await callMain([...command, ...words]);
          expect({ words, verdict: verdictOf(called) }).toEqual({ words, verdict: "well" });
        }),
        { numRuns: 60 },
      );
    } finally {
      process.chdir(workplace);
    }
  });

  it("without a command is refused", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1 }), more, async (name, words) => {
        fc.pre(!name.startsWith("-h") && !name.startsWith("--h"));
        expect((await callMain([`x${name}`, ...words])).code).toBe(2);
      }),
      { numRuns: 100 },
    );
  });

  it("that is too long is refused", async () => {
    const long = await callMain(["verify", "x".repeat(5000)]);
    const many = await callMain(["verify", ...Array.from({ length: 1100 }, () => "x")]);
    expect([long.code, many.code]).toEqual([2, 2]);
    expect(long.stderr).toContain("an argument is too long (position 1, limit 4096 characters)");
    expect(many.stderr).toContain("too many arguments (limit 1024 items)");
  });
});

function verdictOf({ code, stderr, stdout }: Called): string {
  if (code === 0 || code === 1) return "well";
  if (code !== 2) return `exit ${code}: ${stderr}`;
  if (STACK.test(stderr)) return `a stack trace: ${stderr}`;
  return /^\[[a-z.-]+\] ./.test(stderr) && !stdout.startsWith('{"ready') ? "well" : `no sentence: ${stderr}`;
}
