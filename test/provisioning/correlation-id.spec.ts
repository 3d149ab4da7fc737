import { describe, expect, it } from "vitest";
import { finishedHex, LINE, listHex, OneShotRig } from "../fakes/session-rig.ts";

const ID = "9685ef84-8cac-4257-b5cc-94bc416a1c1d";
const keygen = { kind: "at", id: `${ID}.1`, command: "%KEYGEN", parameters: "1,2,0", ignoreCmeErrors: [] } as const;
const config = { kind: "config", id: `${ID}.2`, properties: [["provisioning/interval-sec", "300"]] } as const;

describe("the correlation id", () => {
  it("of the command executed last goes into the next fetch, also of a command that failed", async () => {
    const at = [["KEYGEN", "+CME ERROR: 519\r\n"]];
    const rig = new OneShotRig({ at, server: [{ status: 200, body: listHex(keygen, config) }, { status: 200 }] });
    const { latestId } = await rig.run();
    expect(latestId).toBe(`${ID}.1`);
    expect(rig.requests.at(-1)).toContain(`after=${ID}.1&`);
    await rig.run();
    expect(rig.requests.at(-1)).toContain(`after=${ID}.1&`);
  });

  it("is stored after DONE with SAVE_CMD_ID only", async () => {
    const server = [{ status: 200, body: finishedHex() }, { status: 200 }];
    for (const saveCmdId of [true, false]) {
      const rig = new OneShotRig({ server }, { ...LINE, saveCmdId });
      await rig.run();
      expect(rig.world.settings.entries()).toEqual(saveCmdId ? [["provisioning/after-correlation-id", `${ID}.f`]] : []);
    }
    const undone = new OneShotRig(
      { server: [{ status: 200, body: listHex(keygen) }, { status: 200 }] },
      { ...LINE, saveCmdId: true },
    );
    await undone.run();
    expect(undone.world.settings.entries()).toEqual([]);
  });

  it("is read from the store once, and not when it has 46 bytes or more", async () => {
    const key = "provisioning/after-correlation-id";
    const short = new OneShotRig({ settings: { [key]: "x".repeat(45) } });
    await short.run();
    expect(short.requests[0]).toContain(`after=${"x".repeat(45)}&`);
    await short.world.settings.write(key, "y");
    await short.run();
    expect(short.requests[1]).toContain(`after=${"x".repeat(45)}&`);
    const long = new OneShotRig({ settings: { [key]: "x".repeat(46) } });
    await long.run();
    expect(long.requests[0]).toContain("after=&");
  });
});
