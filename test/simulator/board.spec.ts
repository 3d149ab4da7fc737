import { describe, expect, it } from "vitest";
import { parseDeviceUuid, parseImei } from "../../src/core/ids.ts";
import { firmwareUuid, luhnDigit, makeBoard, rogueKey, uuidBytes } from "../../src/simulator/board.ts";

describe("makeBoard", () => {
  it("always gives the same board for a seed and a slot", () => {
    const [first, again] = [makeBoard("tray", 3), makeBoard("tray", 3)];
    expect([first.uuid, first.imei, first.iccid, first.identityKey.kid]).toEqual([
      again.uuid,
      again.imei,
      again.iccid,
      again.identityKey.kid,
    ]);
    expect(makeBoard("other tray", 3).uuid).not.toBe(first.uuid);
  });

  it("gives 256 slots 256 identities with valid UUIDs and check digits", () => {
    const boards = Array.from({ length: 256 }, (_, index) => makeBoard("station", index + 1));
    expect(new Set(boards.map((board) => board.uuid)).size).toBe(256);
    expect(new Set(boards.map((board) => board.imei)).size).toBe(256);
    expect(new Set(boards.map((board) => board.iccid)).size).toBe(256);
    expect(new Set(boards.map((board) => board.identityKey.kid)).size).toBe(256);
    for (const { uuid, imei, iccid } of boards) {
      expect(parseDeviceUuid(uuid)).toBe(uuid);
      expect(uuid).toMatch(/^50(3\d){1}(3\d|[45][0-9a-f])/);
      expect(parseImei(imei)).toBe(imei);
      expect(luhnDigit(imei.slice(0, 14))).toBe(Number(imei[14]));
      expect(iccid).toMatch(/^89\d{17}F$/);
    }
  });

  it("has a rogue key that is not its own", () => {
    const board = makeBoard("station", 1);
    expect(rogueKey(board).kid).not.toBe(board.identityKey.kid);
  });
});

describe("luhnDigit", () => {
  it("knows the check digit of well-known numbers", () => {
    expect(luhnDigit("49015420323751")).toBe(8);
    expect(luhnDigit("35265610610814")).toBe(8);
  });
});

describe("firmwareUuid", () => {
  it("is one UUID for each firmware", () => {
    expect(firmwareUuid("mfw_nrf91x1_2.0.2")).toBe(firmwareUuid("mfw_nrf91x1_2.0.2"));
    expect(firmwareUuid("mfw_nrf91x1_2.0.1")).not.toBe(firmwareUuid("mfw_nrf91x1_2.0.2"));
    expect(uuidBytes(firmwareUuid("mfw_nrf91x1_2.0.2"))).toHaveLength(16);
  });
});
