import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { verifyFile } from "../../src/audit/verify-file.ts";
import { codeEntry } from "../../src/core/error-codes.ts";
import { hasPseudoTerminals, PseudoTerminal } from "../link/pseudo-terminal.ts";
import { lastJson, station } from "../cli/station-process.ts";
import { runsOf } from "./support/audit-file.ts";
import { FaultLine } from "./support/fault-line.ts";

const has = (program: string, ...args: readonly string[]): boolean => spawnSync(program, args).status === 0;

/** Keeps a port for itself as terminals do, until its input ends. */
const HOLD_PORT = `
import fcntl, os, sys
port = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
fcntl.flock(port, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
`;

describe.runIf(process.platform === "linux")("a program of somebody else", () => {
  let folder: string;
  const others: ChildProcess[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "second-program-"));
  });
  afterEach(async () => {
    for (const other of others.splice(0)) {
      const gone = once(other, "exit");
      other.kill("SIGKILL");
      await gone;
    }
    rmSync(folder, { recursive: true, force: true });
  });

  /** Starts a program that says a word when it holds what it is to hold. */
  async function start(program: string, args: readonly string[], input = ""): Promise<ChildProcess> {
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
    others.push(child);
    child.stdin.write(input);
    await once(child.stdout, "data");
    return child;
  }

  it.runIf(has("sqlite3", "-version"))(
    "that has locked the record keeps the station from starting, is named, and is in nobody's way afterwards",
    async () => {
      const demo = ["demo", "--units", "1", "--dir", folder, "--json"];
      const first = await station(demo);
      const { audit } = lastJson(first) as { readonly audit: string };
      const before = readFileSync(audit);
      const other = await start("sqlite3", [audit], "BEGIN EXCLUSIVE; SELECT 'held';\n");
      const refused = await station(demo);
      expect(refused.code).toBe(3);
      expect(refused.stderr).toContain("audit.locked");
      expect(refused.stderr).toContain(`sqlite3 (process ${String(other.pid)})`);
      expect(refused.stderr).toContain(codeEntry("audit.locked").advice);
      expect(readFileSync(audit).equals(before)).toBe(true);
      const gone = once(other, "exit");
      other.kill("SIGKILL");
      await gone;
      others.splice(0);
      expect((await station(demo)).code).toBe(0);
      expect(await verifyFile(audit)).toMatchObject({ ok: true, runs: 2 });
    },
    120_000,
  );

  it.runIf(hasPseudoTerminals && has("python3", "--version"))(
    "that has the port ends the slot's run as busy, and is named",
    async () => {
      const line = await FaultLine.start(1);
      try {
        const terminal = await PseudoTerminal.make();
        const other = await start("python3", ["-c", HOLD_PORT, terminal.path]);
        const fixture = line.writeFixture("held.json", [{ slot: "held", port: { path: terminal.path } }]);
        const tray = line.run({ fixture, audit: "held.db" });
        const ended = await tray.ended;
        terminal.vanish();
        const [run] = runsOf(tray.audit);
        expect(run).toMatchObject({ outcome: "ERROR", code: "link.busy", release: "untouched" });
        expect(run?.facts["heldBy"]).toContain(`(process ${String(other.pid)})`);
        expect(run?.facts["heldBy"]).toContain("python");
        expect(run?.advice).toBe(codeEntry("link.busy").advice);
        expect(ended.stderr).toContain(`(process ${String(other.pid)})`);
        expect(await verifyFile(tray.audit)).toMatchObject({ ok: true, runs: 1 });
        expect(await line.run({ slots: ["1"], audit: "held.db" }).ended).toMatchObject({ code: 0 });
      } finally {
        await line.stop();
      }
    },
    120_000,
  );
});
