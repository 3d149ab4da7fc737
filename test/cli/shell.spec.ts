import { spawn } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { station, type Ended } from "./station-process.ts";
import { PATIENCE, TrayLine } from "./support/tray-line.ts";

vi.setConfig(PATIENCE);

const ENTRY = join(import.meta.dirname, "../../src/cli/station.ts");

let line: TrayLine;

beforeAll(async () => {
  line = await TrayLine.start(2, ["--fault", "2=attest-fail"]);
});

afterAll(() => line.stop());

const argvOf = (unit: number): readonly string[] => [
  ...["shell", line.modems.units[unit]?.link ?? "", "--flow", "none", "--profile", line.path("profile.yaml")],
];

function perform(unit: number, ...commands: readonly string[]): Promise<Ended> {
  return station([...argvOf(unit), ...commands.flatMap((text) => ["--command", text])]);
}

/** Types lines into the shell, as a script does that knows no options. */
function typed(input: string): Promise<{ readonly code: number | null; readonly stdout: string }> {
  const child = spawn(process.execPath, [ENTRY, ...argvOf(0)], { stdio: ["pipe", "pipe", "ignore"] });
  const said = { stdout: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said.stdout += text));
  child.stdin.end(input);
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, ...said })));
}

describe("station shell", () => {
  it("answers as the library's shell: UUID, token, interval", async () => {
    const uuid = await perform(0, "nrf_provisioning uuid");
    expect(uuid).toMatchObject({ code: 0, stderr: "", stdout: `${line.modems.units[0]?.uuid ?? ""}\n\n` });
    const token = await perform(0, "nrf_provisioning token");
    expect(token).toMatchObject({ code: 0, stdout: expect.stringMatching(/^2dn3[\w-]+\.[\w-]+\n\n$/) as string });
    const interval = await perform(0, "nrf_provisioning interval 60");
    expect(interval.code).toBe(0);
    const usage = await perform(0, "nrf_provisioning interval");
    expect(usage.code).toBe(1);
    expect(usage.stdout).toContain("Usage: nrf_provisioning interval <seconds>");
  });

  it("reads lines from its input until it ends or says exit", async () => {
    const uuid = line.modems.units[0]?.uuid ?? "";
    expect(await typed("nrf_provisioning uuid\nnrf_provisioning uuid\n")).toEqual({
      code: 0,
      stdout: `${uuid}\n\n${uuid}\n\n`,
    });
    expect(await typed("nrf_provisioning uuid\r\nexit\nnrf_provisioning uuid\n")).toEqual({
      code: 0,
      stdout: `${uuid}\n\n`,
    });
  });

  it("starts provisioning now, and tells the token where the unit is not claimed", async () => {
    const now = await perform(0, "nrf_provisioning now");
    expect(now.stdout.split("\n").slice(0, 1)).toEqual(["START"]);
    expect(now.stdout).toMatch(/FAILED_DEVICE_NOT_CLAIMED/);
    expect(now.stdout).not.toMatch(/2dn3/);
  });

  it("ends with 1 when the modem refuses, and says with which number", async () => {
    const refused = await perform(1, "nrf_provisioning token");
    expect(refused.code).toBe(1);
    expect(refused.stdout).toMatch(/-?\d+/);
  });

  it("ends with 3 when nothing listens at the port", async () => {
    const ended = await station(["shell", "tcp://127.0.0.1:1", "--command", "nrf_provisioning uuid"]);
    expect({ code: ended.code, stdout: ended.stdout }).toEqual({ code: 3, stdout: "" });
    expect(ended.stderr).toMatch(
      /^\[link\.refused\] nothing listens there .*\nNothing listens at this slot's network address/,
    );
  });
});
