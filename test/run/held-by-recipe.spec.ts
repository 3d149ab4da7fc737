import { describe, expect, it } from "vitest";
import { encodeWireText } from "../../src/core/wire-text.ts";
import { parseCredentials } from "../../src/modem/commands/credentials.ts";
import { AMAZON_ROOT_CA_1 } from "../../src/provisioning/root-ca-pem.ts";
import type { HeldCredential } from "../../src/run/ledger.ts";
import { heldByRecipe } from "../../src/run/held-by-recipe.ts";
import { verdictsOf } from "../../src/run/verify-phase.ts";
import { replyOf } from "../fakes/scripted-modem.ts";
import examples from "../fixtures/vectors/at_examples.json" with { type: "json" };
import { recipe, sha256 } from "./support/run-rig.ts";

const digest = (text: string): string => sha256(encodeWireText(text));
const heldBy = (commands: readonly object[], ca = AMAZON_ROOT_CA_1): readonly HeldCredential[] =>
  heldByRecipe(recipe({ commands }, ca), sha256);

describe("what a recipe alone tells of the modem", () => {
  it("fits the lists of the vectors: a certificate by its text exactly as written", () => {
    const command = "AT%CMNG=1,42384,0";
    const vector = examples.vectors.find((one) => one.command === command);
    const listed = parseCredentials(command, replyOf(vector?.response ?? "")).map(({ tag, type, ...rest }) => ({
      ...{ secTag: tag, credential: type, ...rest },
    }));
    const held = heldBy([{ serverCertificate: { secTag: 42_384, file: "ca.pem" } }]);
    expect(held).toMatchObject([{ sha256: listed[0]?.sha256 }]);
    expect(verdictsOf(listed, { held, mode: "at" })).toMatchObject([{ verdict: "match" }]);
  });

  it("counts every spelling of line ends, and no other text", () => {
    const held = heldBy([{ serverCertificate: { secTag: 7, file: "ca.pem" } }], "a\r\nb\r\n");
    const verdict = (text: string) =>
      verdictsOf([{ secTag: 7, credential: 0, sha256: digest(text) }], { held, mode: "at" })[0]?.verdict;
    expect(["a\nb", "a\nb\n", "a\r\nb", "a\r\nb\r\n"].map(verdict)).toEqual(["match", "match", "match", "match"]);
    expect(["ab", "a\nc\n", "a\n\nb"].map(verdict)).toEqual(["different", "different", "different"]);
  });

  it("knows keys that the modem makes by their place only", () => {
    const made = heldBy([
      { certificateSigningRequest: { secTag: 1 } },
      { clientPrivateKeyGeneration: { secTag: 2 } },
      { endorsementKeyGeneration: { secTag: 3 } },
      { atCommand: { command: "%KEYGEN", parameters: "4,2,0" } },
    ]);
    expect(made).toEqual([2, 2, 8, 2].map((credential, index) => ({ secTag: index + 1, credential, otherForm: true })));
  });

  it("knows keys and secrets that are written by their digests, unless the modem decrypts them", () => {
    const held = heldBy(
      [
        { preSharedKey: { secTag: 5, identity: "board", key: { env: "PSK" } } },
        { clientPrivateKey: { secTag: 6, key: { file: "ca.pem" }, password: { env: "PSK" } } },
      ],
      "-----BEGIN ENCRYPTED PRIVATE KEY-----\n",
    );
    expect(held).toMatchObject([
      { secTag: 5, credential: 3, sha256: digest("00112233") },
      { secTag: 5, credential: 4, sha256: digest("board") },
      { secTag: 6, credential: 2, otherForm: true },
    ]);
    expect(held[0]?.otherForm).toBeUndefined();
    expect(JSON.stringify(held)).not.toContain("00112233");
  });

  it("counts the last word on a place, and what is deleted not at all", () => {
    const at = (command: string, parameters: string) => ({ atCommand: { command, parameters } });
    expect(heldBy([at("%CMNG", '0,1,4,"a"'), at("%CMNG", '0,1,4,"b"'), at("%CMNG", "3,1,2")])).toMatchObject([
      { secTag: 1, credential: 4, sha256: digest("b") },
    ]);
    expect(heldBy([at("%CMNG", '0,1,4,"a"'), at("%CMNG", "3,1,4")])).toEqual([]);
    expect(heldBy([at("%CMNG", '0,1,4,"a"'), at("%XFACTORYRESET", "0")])).toEqual([]);
  });

  it("knows no content that was not handed over", () => {
    const held = heldBy([
      { serverCertificate: { secTag: 7, file: "other.pem" } },
      { clientPrivateKey: { secTag: 7, key: { env: "MISSING" } } },
    ]);
    expect(held).toEqual([
      { secTag: 7, credential: 0 },
      { secTag: 7, credential: 2 },
    ]);
  });
});
