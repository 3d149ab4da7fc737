import { createServer } from "node:net";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyFile } from "../../src/audit/verify-file.ts";
import { lastJson, type Ended } from "../cli/station-process.ts";
import { isAt, runsOf } from "./support/audit-file.ts";
import { FaultLine, type Station } from "./support/fault-line.ts";
import { until } from "./support/until.ts";

/** A tcp port of this machine at which nothing listens. */
async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  await once(server.close(), "close");
  if (address === null || typeof address === "string") throw new RangeError("no tcp port");
  return address.port;
}

describe("a tray whose ports are not there", () => {
  let line: FaultLine;
  let tray: Station;

  beforeAll(async () => {
    line = await FaultLine.start(2, ["2=unplug@connect"]);
    const tcp = (slot: string): object => ({ tcp: new URL(line.unit(slot).link).host });
    const fixture = line.writeFixture("broken.json", [
      { slot: "good", port: tcp("1") },
      { slot: "unplugged", port: tcp("2") },
      { slot: "nobody", port: { tcp: `127.0.0.1:${await freePort()}` } },
      { slot: "absent", port: { path: line.path("tty-absent") } },
      { slot: "no-usb", port: { usb: "99-9.9.9", interface: 0 } },
    ]);
    tray = line.run({ fixture, audit: "broken.db" });
    await tray.ended;
  }, 120_000);
  afterAll(() => line.stop());

  it.each([
    { slot: "good", outcome: "PASS", code: null, release: "restored" },
    { slot: "unplugged", outcome: "ERROR", code: "link.refused", release: "untouched" },
    { slot: "nobody", outcome: "ERROR", code: "link.refused", release: "untouched" },
    { slot: "absent", outcome: "ERROR", code: "link.absent", release: "untouched" },
    { slot: "no-usb", outcome: "ERROR", code: "link.absent", release: "untouched" },
  ])("ends slot $slot as $outcome $code", ({ slot, ...expected }) => {
    expect(runsOf(tray.audit).find((run) => run.slot === slot)).toMatchObject(expected);
  });
});

describe("two stations", () => {
  let line: FaultLine;
  let first: Station;
  let sameAudit: Ended;
  let sameTray: Station;

  beforeAll(async () => {
    line = await FaultLine.start(1, ["1=slow:8000@keygen*1"]);
    first = line.run({ audit: "first.db" });
    await until("a command", () => isAt(first.audit, "1", { command: /KEYGEN/ }));
    const refused = line.run({ audit: "first.db" });
    sameTray = line.run({ audit: "second.db" });
    sameAudit = await refused.ended;
    await Promise.all([first.ended, sameTray.ended]);
  }, 120_000);
  afterAll(() => line.stop());

  it("on one audit database: the second is refused and told who has it", () => {
    expect(sameAudit.code).toBe(2);
    expect(sameAudit.stderr).toContain("audit.in-use");
    expect(sameAudit.stderr).toContain(String(first.pid));
  });

  it("on one tray: the second finds the port busy, the first goes on", async () => {
    expect(lastJson(await first.ended)).toMatchObject({ units: 1, pass: 1 });
    expect(runsOf(sameTray.audit)).toMatchObject([{ outcome: "ERROR", code: "link.busy", release: "untouched" }]);
    expect(await verifyFile(first.audit, {})).toMatchObject({ ok: true, runs: 1 });
  });
});
