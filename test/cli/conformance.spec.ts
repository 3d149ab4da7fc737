import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { lastJson, station } from "./station-process.ts";
import { callMain } from "./support/call-main.ts";
import { PATIENCE, temporaryFolder } from "./support/tray-line.ts";

vi.setConfig(PATIENCE);

const VECTORS = join(import.meta.dirname, "../fixtures/vectors");
const NAMES = [
  ...["at_examples", "cbor_limits", "cbor_sdk_tests", "exec_semantics", "peer_fuzz"],
  ...["peer_mutations", "requests", "response_encoding", "sessions", "tokens"],
];
const fileOf = (name: string): string => join(VECTORS, `${name}.json`);

type FileResult = {
  readonly file: string;
  readonly total: number;
  readonly agree: number;
  readonly differ: readonly { readonly name: string; readonly expected: unknown; readonly got: unknown }[];
  readonly stricter: readonly unknown[];
};
type Vectors = Record<string, unknown> & { vectors: Record<string, unknown>[] };

let folder: string;

beforeAll(() => {
  folder = temporaryFolder();
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const read = (name: string): Vectors => JSON.parse(readFileSync(fileOf(name), "utf8")) as Vectors;

function written(name: string, value: unknown): string {
  const file = join(folder, name);
  writeFileSync(file, typeof value === "string" ? value : JSON.stringify(value));
  return file;
}

const filesOf = (stdout: string): readonly FileResult[] =>
  (JSON.parse(stdout) as { readonly files: readonly FileResult[] }).files;

describe("station conformance", () => {
  it("agrees with every vector of all ten files, and says so in the form of the contract", async () => {
    const ended = await station(["conformance", ...NAMES.map(fileOf), "--json"]);
    expect({ code: ended.code, stderr: ended.stderr, lines: ended.stdout.trimEnd().split("\n").length }).toEqual({
      ...{ code: 0, stderr: "", lines: 1 },
    });
    const { files } = lastJson(ended) as { readonly files: readonly FileResult[] };
    expect(files.map(({ file }) => file)).toEqual(NAMES.map(fileOf));
    for (const { file, total, agree, differ, stricter } of files) {
      expect({ file, differ, stricter, agree }).toEqual({ file, differ: [], stricter: [], agree: total });
      expect(total).toBeGreaterThan(5);
    }
  });

  it("recognises files by their content and tells only what differs", async () => {
    const document = read("response_encoding");
    const [first, second, ...rest] = document.vectors;
    const wrong = written("whatever.txt", { ...document, vectors: [first, spoilt(second), ...rest] });
    const { code, stdout } = await callMain(["conformance", wrong, fileOf("response_encoding"), "--json"]);
    expect(code).toBe(1);
    const [changed, intact] = filesOf(stdout);
    expect(changed).toMatchObject({ total: document.vectors.length, agree: document.vectors.length - 1 });
    expect(changed?.differ.map(({ name }) => name)).toEqual([second?.["name"]]);
    expect(Object.keys(changed?.differ[0] ?? {})).toEqual(["name", "expected", "got"]);
    expect(changed?.differ[0]?.expected).not.toEqual(changed?.differ[0]?.got);
    expect(intact).toMatchObject({ differ: [] });
  });

  it.each<[string, string, RegExp]>([
    ["cut off", readFileSync(fileOf("requests"), "utf8").slice(0, 1000), /the vector file is no JSON \(file .*cut/],
    [
      "of an unknown kind",
      '{"vectors":[{"name":"x","colour":"red"}]}',
      /no known kind of test vectors .*kinds decoder/,
    ],
    ["a list", "[]", /no known kind/],
    ["no object", "7", /no known kind/],
    ["empty", "", /no JSON/],
  ])("refuses a file that is %s, also among good ones", async (name, text, sentence) => {
    const file = written(`${name.replaceAll(" ", "-")}.json`, text);
    const { code, stdout, stderr } = await callMain(["conformance", fileOf("response_encoding"), file]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(sentence);
  });

  it("counts vectors that it cannot read as differing", async () => {
    const document = read("response_encoding");
    const file = written("broken.json", {
      ...document,
      vectors: [...document.vectors.slice(0, 2), null, { name: "?" }],
    });
    const { code, stdout } = await callMain(["conformance", file, "--json"]);
    expect(code).toBe(1);
    expect(filesOf(stdout)[0]).toMatchObject({ total: 4, agree: 2 });
    expect(filesOf(stdout)[0]?.differ.map(({ name }) => name)).toEqual(["vectors[2]", "?"]);
  });
});

/** The row with another expectation: other bytes at its end. */
function spoilt(row: Record<string, unknown> | undefined): Record<string, unknown> {
  const text = String(row?.["peer_c10"]);
  return { ...row, peer_c10: `${text.slice(0, -1)}${text.endsWith("0") ? "1" : "0"}` };
}
