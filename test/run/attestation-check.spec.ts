import { describe, expect, it } from "vitest";
import { DeviceSchema } from "../../src/contract/common.ts";
import { parseAttestationToken } from "../../src/provisioning/attestation-token.ts";
import { checkAttestation } from "../../src/run/attestation-check.ts";
import { ok } from "../../src/simulator/answer.ts";
import vectors from "../fixtures/vectors/tokens.json" with { type: "json" };
import { RunRig } from "./support/run-rig.ts";

const [VECTOR] = vectors.attestation;

describe("the check of an attestation token", () => {
  const token = parseAttestationToken(VECTOR?.token ?? "");
  const device = (changes: object = {}) =>
    DeviceSchema.parse({ uuid: token.deviceUuid, imei: "352656100367872", model: "nRF9160-SICA", ...changes });

  it("decodes the real token as recorded, and lets it pass for its modem", () => {
    expect(token).toMatchObject({ deviceUuid: "50363154-3931-44f0-8022-121b6401627d", deviceType: 3 });
    expect(Buffer.from(token.nonce).toString("hex")).toBe("d3efdd7f04f1fc60e5858b2087343d6a");
    expect(checkAttestation(token, device())).toEqual([]);
    expect(checkAttestation(token, device({ model: "nRF9160-SIAA" }))).toEqual([]);
  });

  it.each([
    ["run.token-of-other-unit", { uuid: "50363154-3931-44f0-8022-121b6401627e" }],
    ["run.token-of-other-model", { model: "nRF9151-LACA" }],
  ])("refuses with %s what contradicts the modem", (code, changes) => {
    expect(() => checkAttestation(token, device(changes))).toThrow(expect.objectContaining({ code }) as Error);
  });

  it("only notes a kind of modem that nobody knows", () => {
    expect(checkAttestation({ ...token, deviceType: 99 }, device())).toMatchObject([
      { type: "note", level: "info", facts: { deviceType: 99, model: "nRF9160-SICA" } },
    ]);
    expect(checkAttestation(token, device({ model: "something else" }))).toEqual([]);
  });

  it("ends the run before the token is sent anywhere", async () => {
    const rig = new RunRig({
      modem: { answer: (command) => (command === "AT+CGMM" ? ok("nRF9160-SICA") : undefined) },
    });
    expect(await rig.run()).toMatchObject({ outcome: "FAIL", error: { code: "run.token-of-other-model" } });
    expect(rig.service.calls).toEqual([]);
  });
});
