import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lastJson } from "../cli/station-process.ts";
import { runsOf } from "./support/audit-file.ts";
import { FaultLine, type Station } from "./support/fault-line.ts";
import { HAS_SMALL_DISKS, SmallDisk } from "./support/small-disk.ts";

describe.runIf(HAS_SMALL_DISKS)("a folder that nobody may write to", () => {
  let line: FaultLine;
  let disk: SmallDisk;
  const run = (): Station => line.run({ audit: join(disk.folder, "line.db"), prefix: disk.prefix });
  const runs = () => runsOf(disk.copy("line.db", line.path("copy.db")));

  beforeAll(async () => {
    line = await FaultLine.start(1);
    disk = await SmallDisk.make(line.path("disk"));
  }, 120_000);
  afterAll(async () => {
    await line.stop();
    await disk.remove();
  });

  it("lets no run start, says so, and touches no modem; afterwards the unit passes", async () => {
    disk.mount("ro");
    const refused = await run().ended;
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain("audit.unwritable");
    expect(await line.stateOf("1")).toBe("CFUN 1, CMEE 0");
    disk.mount("rw");
    const first = await run().ended;
    expect(lastJson(first)).toMatchObject({ units: 1, pass: 1 });
    disk.mount("ro");
    const again = await run().ended;
    expect(again.stderr).toContain("audit.unwritable");
    expect(runs()).toHaveLength(1);
    disk.mount("rw");
    expect(
      lastJson(await line.run({ audit: join(disk.folder, "line.db"), prefix: disk.prefix, more: ["--again"] }).ended),
    ).toMatchObject({ units: 1, pass: 1 });
    expect(runs()).toHaveLength(2);
  }, 120_000);
});
