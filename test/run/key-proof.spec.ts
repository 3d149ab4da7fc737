import { describe, expect, it } from "vitest";
import { asStationError } from "../../src/core/error.ts";
import { parseKeygenToken } from "../../src/provisioning/keygen-token.ts";
import type { ExecutedCommand } from "../../src/run/ledger.ts";
import { compareKeys } from "../../src/run/key-proof.ts";
import tokens from "../fixtures/vectors/tokens.json" with { type: "json" };
import { RunRig, sha256 } from "./support/run-rig.ts";

const [first, second] = tokens.keygen.map(({ token }) => token);
const executed = (token: string): ExecutedCommand => {
  const { der, secTag } = parseKeygenToken(token);
  return {
    ...{ id: "1", kind: "at", name: "%KEYGEN", parametersSha256: "", result: "ok" },
    ...{ credential: { secTag, credential: 2 }, made: sha256(der) },
  };
};
const result = (keyToken: string) => ({
  ...{ kind: "cloudAccessKeyGeneration", place: 1 },
  state: { id: "1", state: "succeeded", status: "SUCCEEDED", keyToken } as const,
});

describe("the keys at the owner's side", () => {
  it("are those that the modem made", () => {
    expect(() => compareKeys([executed(first ?? "")], [result(first ?? "")], sha256)).not.toThrow();
  });

  it("fail the run when the service got another for the same tag", async () => {
    const token = parseKeygenToken(second ?? "");
    const mine = { ...executed(first ?? ""), credential: { secTag: token.secTag, credential: 2 } };
    const compared = new Promise<void>((resolve) => {
      compareKeys([mine], [result(second ?? "")], sha256);
      resolve();
    });
    expect(await compared.catch(asStationError)).toMatchObject({
      code: "run.key-differs",
      facts: { secTag: token.secTag, expectedSha256: mine.made, foundSha256: sha256(token.der) },
    });
  });

  it("say nothing where the service shows no token, an unreadable one, or one of another tag", () => {
    const elsewhere = { ...executed(first ?? ""), credential: { secTag: 1, credential: 2 } };
    expect(() => compareKeys([elsewhere], [result(second ?? ""), result("no.token")], sha256)).not.toThrow();
  });

  it("are listed by the modem as the digest that the token names", async () => {
    const rig = new RunRig();
    expect(await rig.run()).toMatchObject({ outcome: "PASS" });
    const key = rig.eventsOf("credential.verified").find(({ credential }) => credential === 2);
    expect(key).toMatchObject({ verdict: "match", expectedSha256: key?.foundSha256 });
  });
});
