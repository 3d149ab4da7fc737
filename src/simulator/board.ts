import { createHmac } from "node:crypto";
import { parseDeviceUuid, parseImei, type DeviceUuid, type Imei } from "../core/ids.ts";
import { StationError } from "../core/error.ts";
import { deriveP256Key, type P256Key } from "./p256.ts";

/** What makes a board that one board: always the same for a seed and a slot. */
export type Board = {
  readonly uuid: DeviceUuid;
  readonly imei: Imei;
  /** 20 characters as `AT%XICCID` gives them: 19 digits and `F`. */
  readonly iccid: string;
  /** The device identity key: signs JWTs, attestation and KEYGEN tokens. */
  readonly identityKey: P256Key;
};

const IMEI_TYPE_CODE = "35502593";
const UPPER = "ABCDEFGHJKLMNPQRSTUVWXYZ";

/**
 * The board that lies in a slot for a seed; a simulator started again with the same seed is the same tray.
 * Two slots of one seed never share an IMEI (up to a million slots).
 */
export function makeBoard(seed: string, slot: number): Board {
  const uuid = parseDeviceUuid(uuidText(digest(seed, `uuid ${slot}`)));
  const imei = parseImei(imeiText(seed, slot));
  if (uuid === undefined || imei === undefined) throw new StationError("station.internal", "malformed board identity");
  return { uuid, imei, iccid: iccidText(seed, slot), identityKey: deriveP256Key(`identity ${slot} of ${seed}`) };
}

/** The key of somebody else who answers in the board's place (fault `rogue-key`). */
export function rogueKey(board: Board): P256Key {
  return deriveP256Key(`rogue of ${board.uuid}`);
}

/** The UUID that a modem firmware build has: the same for all modems with that firmware (`AT%XMODEMUUID`). */
export function firmwareUuid(firmware: string): string {
  const bytes = digest("modem firmware", firmware).subarray(0, 16);
  bytes[6] = 0x40 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return dashed(bytes);
}

/** A UUID text as its 16 bytes. */
export function uuidBytes(uuid: string): Uint8Array {
  return Buffer.from(uuid.replaceAll("-", ""), "hex");
}

/** The check digit of a row of digits (Luhn, 3GPP TS 23.003 annex B). */
export function luhnDigit(digits: string): number {
  const sum = Array.from(digits)
    .reverse()
    .reduce((total, digit, index) => {
      const value = Number(digit) * (index % 2 === 0 ? 2 : 1);
      return total + (value > 9 ? value - 9 : value);
    }, 0);
  return (10 - (sum % 10)) % 10;
}

function digest(seed: string, text: string): Buffer {
  return createHmac("sha256", seed).update(text).digest();
}

// Real UUIDs read P61T91D…, P49V07G…, PNSS81E… as text in their first groups (protocol.md 7.1), version 4, variant 0x80.
function uuidText(random: Buffer): string {
  const pick = (index: number, alphabet: string): number => alphabet.charCodeAt((random[index] ?? 0) % alphabet.length);
  const digits = "0123456789";
  const head = [0x50, pick(0, digits), pick(1, digits), pick(2, UPPER), pick(3, digits), pick(4, digits)];
  const version = 0x41 + ((random[5] ?? 0) % 8);
  return dashed(Buffer.from([...head, version, random[6] ?? 0, 0x80, ...random.subarray(7, 14)]));
}

function imeiText(seed: string, slot: number): string {
  const base = digest(seed, "imei").readUInt32BE(0);
  const digits = IMEI_TYPE_CODE + String((base + slot) % 1_000_000).padStart(6, "0");
  return `${digits}${luhnDigit(digits)}`;
}

function iccidText(seed: string, slot: number): string {
  const base = digest(seed, "iccid").readUInt32BE(0);
  const digits = `8901${String((base + slot) % 1e14).padStart(14, "0")}`;
  return `${digits}${luhnDigit(digits)}F`;
}

function dashed(bytes: Buffer): string {
  const hex = bytes.toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
