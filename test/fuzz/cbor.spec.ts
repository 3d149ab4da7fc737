import { describe, expect, it } from "vitest";
import { encodeCommandList } from "../../src/provisioning/command-list-encoder.ts";
import { examineCommandList, refusalOf } from "../../src/provisioning/command-list-decoder.ts";
import { decodeResponseList } from "../../src/provisioning/response-list-decoder.ts";
import { encodeResponseList } from "../../src/provisioning/response-list-encoder.ts";
import { parseAttestationToken } from "../../src/provisioning/attestation-token.ts";
import { encodeBase64Url } from "../../src/provisioning/base64url.ts";
import { parseKeygenToken } from "../../src/provisioning/keygen-token.ts";
import { parseModemJwt } from "../../src/provisioning/modem-jwt.ts";
import { normalisedRequest, parseSigningRequest } from "../../src/provisioning/signing-request.ts";
import { executionRig } from "../fakes/execution-rig.ts";
import { plainVerdict } from "../fakes/plain-command-list.ts";
import { assertSurvives, type Target } from "./support/fuzz.ts";
import { endOf } from "./support/refusal.ts";

const SECRET = "c2VjcmV0LW9mLWEtdGVzdA";

const TARGET: Target = {
  corpus: "cbor",
  dictionary: [
    ...[0x80, 0x81, 0x82, 0x83, 0x85, 0x9f, 0xff, 0xa0, 0xa1, 0xbf, 0x60, 0x7f, 0x40, 0x5f, 0xf6, 0xfb, 0x1c].map(
      (byte) => Uint8Array.of(byte),
    ),
    ...[
      "9bffffffffffffffff",
      "9affffffff",
      "7b7fffffffffffffff",
      "7affffffff",
      "1bffffffffffffffff",
      "1b0020000000000000",
    ],
    ...["d9d9f7", "d28443a10126a1044121f6", "c11bffffffffffffffff", "f97e00", "6161", "62c328", "8261610a", "a1616160"],
  ].map((token) => (typeof token === "string" ? Buffer.from(token, "hex") : token)),
};

describe("bytes as a command list", () => {
  it("are read or refused as the protocol says, whole, and within their length", async () => {
    await assertSurvives(TARGET, ({ bytes }) => {
      for (const input of ["canonical", "tolerant"] as const) {
        const limits = { records: 10, input };
        const verdict = examineCommandList(bytes, limits);
        if (!verdict.accepted) {
          expect(verdict.place.offset).toBeLessThanOrEqual(bytes.length);
          expect(refusalOf(verdict, bytes.length, limits).code).toMatch(/^provisioning\./);
          continue;
        }
        expect(verdict.consumed).toBeLessThanOrEqual(bytes.length);
        expect(verdict.commands.length).toBeLessThanOrEqual(10);
        expect(JSON.stringify(verdict.commands).length).toBeLessThan(12 * bytes.length + 1000);
      }
      const strict = examineCommandList(bytes, { records: 10, input: "canonical" });
      expect(strict.accepted ? { commands: strict.commands.length } : { errno: strict.errno }).toEqual(
        plainVerdict(bytes, 10),
      );
    });
  });

  it("mean the same once they were written again", async () => {
    await assertSurvives(TARGET, async ({ bytes }) => {
      const verdict = examineCommandList(bytes, { records: 20, input: "tolerant" });
      if (!verdict.accepted) return;
      await endOf(() => {
        const again = examineCommandList(encodeCommandList(verdict.commands), { records: 20, input: "canonical" });
        expect(again.accepted && again.commands).toEqual(verdict.commands);
      });
    });
  });

  it("are carried out up to the first failure, and the modem is back online afterwards", async () => {
    await assertSurvives({ ...TARGET, cost: 4 }, async ({ bytes }) => {
      const rig = executionRig();
      const execution = await rig.run(bytes);
      if (execution.kind === "report") expect(decodeResponseList(execution.payload)).toEqual(execution.responses);
    });
  });
});

describe("bytes as a list of results", () => {
  it("are read to what writes the same list, or refused", async () => {
    await assertSurvives(TARGET, async ({ bytes }) => {
      const code = await endOf(() => {
        const responses = decodeResponseList(bytes);
        expect(decodeResponseList(encodeResponseList(responses, { txBytes: 1_000_000, records: 20 }))).toEqual(
          responses,
        );
      });
      expect(["taken", "provisioning.report-malformed"]).toContain(code);
    });
  });
});

describe("bytes in tokens", () => {
  it("are read or refused, and no refusal repeats them", async () => {
    await assertSurvives(TARGET, async ({ bytes, text }) => {
      const part = encodeBase64Url(bytes);
      const halves = [bytes.subarray(0, bytes.length / 2), bytes.subarray(bytes.length / 2)].map(encodeBase64Url);
      for (const token of [
        text,
        part,
        halves.join("."),
        `${part}.${SECRET}`,
        `${SECRET}.${part}`,
        `${halves.join(".")}.${SECRET}`,
      ])
        for (const parse of [parseAttestationToken, parseKeygenToken, parseModemJwt])
          expect(await endOf(() => parse(token), [SECRET])).toMatch(/^(?:taken|provisioning\.token-malformed)$/);
    });
  });

  it("are a certificate request or refused", async () => {
    await assertSurvives(TARGET, async ({ bytes }) => {
      for (const read of [parseSigningRequest, normalisedRequest])
        expect(await endOf(() => read(bytes))).toMatch(/^(?:taken|provisioning\.)/);
    });
  });
});
