import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { StationError } from "../../../src/core/error.ts";

import type { AtPort } from "../../../src/modem/at-port.ts";

import { readClock } from "../../../src/modem/commands/clock.ts";

import { listCredentials, readCredential } from "../../../src/modem/commands/credentials.ts";

import { readFunctionalMode } from "../../../src/modem/commands/functional-mode.ts";

import {
  readDeviceUuid,
  readFirmware,
  readHardware,
  readIccid,
  readImei,
} from "../../../src/modem/commands/identity.ts";

import { readErrorReports } from "../../../src/modem/commands/session.ts";

import { createJwt, generateKey, readAttestationToken } from "../../../src/modem/commands/tokens.ts";

describe("parsers", () => {
  const readers: readonly ((port: AtPort) => Promise<unknown>)[] = [
    readImei,
    readFirmware,
    readDeviceUuid,
    readIccid,
    readHardware,
    readClock,
    readFunctionalMode,
    readErrorReports,
    listCredentials,
    (port) => readCredential(port, 1, 0),
    (port) => generateKey(port, { tag: 1, keyType: 2 }),
    (port) => createJwt(port, { expiry: 300 }),
    readAttestationToken,
  ];
  const prefix = fc.constantFrom(
    "",
    "+CGSN: ",
    "%CMNG: ",
    "%KEYGEN: ",
    "%JWT: ",
    "%ATTESTTOKEN: ",
    "%CCLK: ",
    "+CFUN: ",
    "+CMEE: ",
    "%XICCID: ",
  );
  const line = fc.tuple(
    prefix,
    fc.oneof(
      fc.string({ unit: "binary", maxLength: 100 }),
      fc.string({ unit: fc.constantFrom('"', ",", "1", ".", "a", " ", "\r\n"), maxLength: 100 }),
    ),
  );

  it("fail with an error of the table or answer, whatever the modem says", async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...readers), fc.array(line, { maxLength: 6 }), async (read, parts) => {
        const lines = parts.map((part) => part.join(""));
        const port: AtPort = {
          send: async () => ({ final: { kind: "ok" }, lines, text: `${lines.join("\r\n")}\r\nOK\r\n` }),
        };
        const error = await read(port).then(
          () => undefined,
          (failure: unknown) => failure,
        );
        expect(error === undefined || error instanceof StationError).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
