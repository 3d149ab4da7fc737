import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { asStationError } from "../../src/core/error.ts";
import type { DeviceUuid, Imei, RunId, SlotId } from "../../src/core/ids.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { TokenFile, tokenDesk } from "../../src/station/token-file.ts";
import { uuidOf } from "./station-rig.ts";

const tokenOf = (slot: string, token = "2dn3aa.0oRDbb") => ({
  ...{ imei: "352656100367872" as Imei, uuid: uuidOf(slot) as DeviceUuid, token },
});

describe("the file of gathered tokens", () => {
  let folder: string;
  const path = (): string => join(folder, "attestation_tokens.csv");
  const text = (): Promise<string> => readFile(path(), "utf8");
  const file = (): TokenFile => new TokenFile(path(), new VirtualClock());

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "tokens-"));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("holds a line for each unit in the vendor's form, for its owner only", async () => {
    const tokens = file();
    await Promise.all(["1", "2", "3"].map((slot) => tokens.keep(tokenOf(slot))));
    const lines = (await text()).split("\n");
    expect(lines[0]).toMatch(
      /^352656100367872,50363154-3931-44f0-8022-000000000001,2dn3aa\.0oRDbb,\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/,
    );
    expect(lines.map((line) => line.slice(48, 52))).toEqual(["0001", "0002", "0003", ""]);
    const { mode } = await stat(path());
    expect(process.platform === "win32" || (mode & 0o777) === 0o600).toBe(true);
  });

  it("keeps the newest token of a unit, and other lines as they are", async () => {
    const other = `"352656100367873","${uuidOf("9").toUpperCase()}","tok,en",x\r\n`;
    await writeFile(path(), `${other}352656100367872,${uuidOf("1")},old,time\n`);
    await file().keep(tokenOf("1", "new"));
    expect(await text()).toMatch(/^"352656100367873"[^\n]+\r\n352656100367872,[^,]+,new,[^\n]+\n$/);
    await file().keep(tokenOf("9", "newer"));
    expect(await text()).not.toContain("tok,en");
  });

  it("drops a line that a power cut tore", async () => {
    await writeFile(path(), `352656100367872,${uuidOf("1")},whole,time\n352656100367872,${uuidOf("2")},to`);
    await file().keep(tokenOf("3"));
    expect((await text()).split("\n").map((line) => line.split(",")[2])).toEqual(["whole", "2dn3aa.0oRDbb", undefined]);
  });

  it("says so when it cannot be written, without the token", async () => {
    await writeFile(join(folder, "file"), "");
    const bad = new TokenFile(join(folder, "file", "tokens.csv"), new VirtualClock());
    const failure = await bad.keep(tokenOf("1", "2dn3secret")).catch(asStationError);
    expect(failure).toMatchObject({ code: "station.tokens-unwritable" });
    expect(JSON.stringify(failure)).not.toContain("secret");
  });

  it("answers a run once the token is on the disk", async () => {
    const uuid = uuidOf("1") as DeviceUuid;
    const device = { uuid, imei: "352656100367872" as Imei };
    const asker = { runId: "r" as RunId, slot: "1" as SlotId, uuid, device };
    const answer = await tokenDesk(file())({ kind: "keep-token", ...tokenOf("1") }, asker);
    expect(answer).toEqual({ kind: "token-kept" });
    expect(await text()).toContain("2dn3aa.0oRDbb");
    const other = { kind: "certificate", secTag: 1, csr: "" } as const;
    expect(await tokenDesk(file())(other, asker).catch(asStationError)).toMatchObject({ code: "station.not-set-up" });
  });
});
