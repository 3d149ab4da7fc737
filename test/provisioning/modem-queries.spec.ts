import fc from "fast-check";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { StationError } from "../../src/core/error.ts";
import { replyOf } from "../../src/cli/conformance/scripted-modem.ts";
import type { AtPort } from "../../src/modem/at-port.ts";
import { readAttestationToken, readDeviceUuid, readFirmware } from "../../src/provisioning/modem-queries.ts";
import { anyText } from "../fakes/session-rig.ts";

const UUID = "50363154-3931-44f0-8022-121b6401627d";
const answering = (...replies: readonly string[]): AtPort => {
  const left = [...replies];
  return { send: () => Promise.resolve(replyOf(left.shift() ?? "ERROR\r\n")) };
};
const dead: AtPort = { send: () => Promise.reject(new StationError("at.timeout", "no final result")) };

/** A real attestation token of the vectors, with the UUID in it. */
function realToken(): string {
  const document = JSON.parse(readFileSync(new URL("../fixtures/vectors/tokens.json", import.meta.url), "utf8")) as {
    readonly attestation: readonly { readonly token: string }[];
  };
  const [first] = document.attestation;
  if (first === undefined) throw new TypeError("no token in the vectors");
  return first.token;
}

describe("what the client asks the modem", () => {
  it("takes the whole text of +CGMR as the firmware version", async () => {
    expect(await readFirmware(answering("mfw_nrf91x1_2.0.2\r\nOK\r\n"))).toEqual({
      kind: "ok",
      value: "mfw_nrf91x1_2.0.2",
    });
    for (const reply of ["OK\r\n", "ERROR\r\n", "a\tb\r\nOK\r\n", `${"x".repeat(129)}\r\nOK\r\n`])
      expect(await readFirmware(answering(reply))).toMatchObject({
        error: { code: "provisioning.firmware-unreadable" },
      });
  });

  it("keeps the link's own error when the modem does not answer", async () => {
    expect(await readFirmware(dead)).toMatchObject({ errno: "EIO", error: { code: "at.timeout" } });
  });

  it("takes the attestation token in two parts and nothing else", async () => {
    const token = await readAttestationToken(answering('%ATTESTTOKEN: "attest.cose"\r\nOK\r\n'));
    expect(token.kind === "ok" && token.value.reveal()).toBe("attest.cose");
    for (const text of ["one", "", ".b", "a.", `${"a".repeat(128)}.b`]) {
      const refused = await readAttestationToken(answering(`%ATTESTTOKEN: "${text}"\r\nOK\r\n`));
      expect(refused).toMatchObject({ kind: "failed", error: { code: "provisioning.attestation-refused" } });
    }
  });

  it("takes the device UUID from %DEVICEUUID, passing lines that are none", async () => {
    expect(await readDeviceUuid(answering(`%DEVICEUUID: ${UUID}\r\nOK\r\n`))).toEqual({ kind: "ok", value: UUID });
    const chatty = `%DEVICEUUID: creating\r\n%DEVICEUUID: ${UUID.toUpperCase()}\r\nOK\r\n`;
    expect(await readDeviceUuid(answering(chatty))).toEqual({ kind: "ok", value: UUID });
  });

  it("takes the device UUID out of the attestation token where the firmware has no %DEVICEUUID", async () => {
    const token = realToken();
    const modem = answering("ERROR\r\n", `%ATTESTTOKEN: "${token}"\r\nOK\r\n`);
    expect(await readDeviceUuid(modem)).toEqual({ kind: "ok", value: UUID });
    expect(await readDeviceUuid(answering("ERROR\r\n", "ERROR\r\n"))).toMatchObject({
      error: { code: "provisioning.uuid-unreadable" },
    });
  });

  it("answers something or a StationError for any reply", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyText), async (lines) => {
        const reply = `${lines.map((line) => `${line}\r\n`).join("")}OK\r\n`;
        for (const read of [readFirmware, readAttestationToken, readDeviceUuid]) {
          const result = await read(answering(reply, reply));
          expect(result.kind === "ok" || result.error instanceof StationError).toBe(true);
        }
      }),
      { numRuns: 100 },
    );
  });
});
