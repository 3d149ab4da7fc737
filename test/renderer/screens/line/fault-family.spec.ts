import { describe, expect, it } from "vitest";
import { faultFamily, type FaultFamily } from "../../../../renderer/screens/line/fault-family.ts";
import words from "../../../../renderer/locales/en/faults.json" with { type: "json" };
import { COAP_CODES } from "../../../../src/core/codes/coap.ts";
import { DTLS_CODES } from "../../../../src/core/codes/dtls.ts";
import type { ErrorCode } from "../../../../src/core/error-codes.ts";

const CERTIFICATES = (Object.keys(DTLS_CODES) as (keyof typeof DTLS_CODES)[]).filter((code) =>
  code.startsWith("dtls.certificate-"),
);

/** What an operator reads on the tile for each code of DTLS and CoAP. */
const FAMILIES: Readonly<Partial<Record<FaultFamily, readonly ErrorCode[]>>> = {
  serviceUntrusted: [...CERTIFICATES, "dtls.key-proof", "dtls.finished"],
  serviceTimeout: ["dtls.handshake-timeout", "coap.no-answer"],
  serviceUnreached: ["dtls.no-answer", "dtls.closed", "dtls.idle", "coap.closed"],
  serviceRefused: [
    ...(["dtls.peer-alert", "dtls.parameters", "dtls.no-extended-master-secret", "dtls.protocol"] as const),
    ...(["coap.malformed", "coap.reset", "coap.option", "coap.block", "coap.too-large"] as const),
  ],
  stationFault: ["dtls.too-large", "dtls.exhausted", "dtls.listen"],
  setupWrong: ["dtls.bad-identity"],
};
const rows = Object.entries(FAMILIES).flatMap(([family, codes]) => codes.map((code) => [code, family] as const));

describe("the fault of a tile", () => {
  it.each(rows)("reads for %s as the words of %s", (code, family) => {
    expect(faultFamily(code)).toBe(family);
    expect(words).toHaveProperty(family);
  });

  it("leaves out no code of DTLS and CoAP", () => {
    const all = [...Object.keys(DTLS_CODES), ...Object.keys(COAP_CODES)];
    expect(rows.map(([code]) => code).toSorted()).toEqual(all.toSorted());
  });
});
