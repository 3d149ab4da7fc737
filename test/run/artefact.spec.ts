import { describe, expect, it } from "vitest";
import type { DeviceUuid } from "../../src/core/ids.ts";
import { artefactOfToken } from "../../src/run/artefact.ts";
import vectors from "../fixtures/vectors/tokens.json" with { type: "json" };
import { sha256 } from "./support/run-rig.ts";

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/;

describe("what a key generation made", () => {
  it.each(vectors.keygen.map((vector) => [vector.name, vector] as const))(
    "is kept of %s with the digest of its DER and of its public key",
    (_name, vector) => {
      const uuid = UUID.exec(JSON.stringify(vector))?.[0] as DeviceUuid;
      const der = Buffer.from(vector.token.split(".")[0] ?? "", "base64url");
      const made = artefactOfToken(vector.token, uuid, sha256);
      expect(made).toMatchObject({ sha256: sha256(der), length: der.length });
      const text = made.text ?? "";
      expect(Buffer.from(text.replaceAll(/-----[^-]+-----|\n/g, ""), "base64")).toEqual(der);
      // The P-256 key lies in the request as it is in a SubjectPublicKeyInfo of its own.
      const at = der.indexOf(Buffer.from("3059301306072a8648ce3d0201", "hex"));
      expect(made.keySha256).toBe(sha256(der.subarray(at, at + 91)));
    },
  );
});
