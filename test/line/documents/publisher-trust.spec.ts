import { createPrivateKey, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as fc from "fast-check";
import { CompactSign, exportJWK } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Publication, Statement } from "../../../src/contract/line-publication.ts";
import { StationError } from "../../../src/core/error.ts";
import { Secret } from "../../../src/core/secret.ts";
import { publicationOf } from "../../../src/line/documents/publish.ts";
import {
  makePublisherKey,
  publicFileOf,
  readPublisherKey,
  STATEMENT_TYPE,
} from "../../../src/line/documents/publisher-key.ts";
import { PublisherTrust } from "../../../src/line/documents/publisher-trust.ts";
import { PublishedRig } from "../../fakes/line/published-rig.ts";

const AT = "2026-01-01T00:00:00.000Z";
const bytes = (text: string): Uint8Array => Buffer.from(text, "utf8");
const publication = (files: Readonly<Record<string, string>> = {}): Publication =>
  publicationOf(
    {
      ...{ kind: "recipe", name: "Board", revision: "1" },
      files: Object.entries({ "recipe.yaml": "recipe: 1", ...files }).map(([path, text]) => ({
        ...{ path, bytes: bytes(text), carried: true },
      })),
    },
    AT,
  );

let rig: PublishedRig;
beforeAll(async () => {
  rig = await PublishedRig.make();
});
afterAll(() => rig.remove());

/** A compact JWS with this header and payload, signed with ES256 by a key. */
function jwsOf(header: object, payload: unknown, key: KeyObject): string {
  const text = [header, payload].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
  const signature = sign("sha256", Buffer.from(text), { key, dsaEncoding: "ieee-p1363" });
  return `${text}.${signature.toString("base64url")}`;
}

const refused = (jws: string): Promise<unknown> =>
  rig.trust.verify(jws).then(
    () => undefined,
    (error: unknown) => (error instanceof StationError ? error.code : error),
  );

describe("a publisher's signature", () => {
  it("is believed when its key is trusted, and gives what was signed", async () => {
    const statement = publication({ "ca.pem": "CA" });
    const verified = await rig.trust.verify(await rig.key.sign(statement));
    expect(verified).toMatchObject({ publisher: rig.key.thumbprint, statement });
  });

  it("is not believed of anybody else", async () => {
    const stranger = await rig.stranger();
    expect(await refused(await stranger.sign(publication()))).toBe("line.document-signature");
  });

  it("does not hold with another header, payload or signature", async () => {
    const jws = await rig.key.sign(publication());
    const [header = "", payload = "", signature = ""] = jws.split(".");
    const other = (await rig.key.sign(publication({ "a.pem": "A" }))).split(".");
    const bent = [
      [header, other[1], signature],
      [header, payload, other[2]],
      [header, payload, signature.slice(0, -4) + "AAAA"],
      [header, payload, ""],
      [header, payload],
    ];
    for (const parts of bent) expect(await refused(parts.join("."))).toBe("line.document-signature");
  });

  it("must be ES256 of the right type: no other algorithm, no key of the header, nothing else that the key has signed", async () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const own = await exportJWK(privateKey);
    const { kty, crv, x, y } = own;
    const trust = await PublisherTrust.of([JSON.stringify({ kty, crv, x, y })]);
    const kid = trust.publishers[0] ?? "";
    const good = { alg: "ES256", kid, typ: STATEMENT_TYPE };
    const statement = publication();
    await expect(trust.verify(jwsOf(good, statement, privateKey))).resolves.toMatchObject({ publisher: kid });
    const headers = [
      { ...good, alg: "none" },
      { ...good, alg: "HS256" },
      { ...good, typ: "JWT" },
      { alg: "ES256", kid },
      { ...good, crit: ["b64"], b64: false },
      { ...good, jwk: { kty, crv, x, y } },
      { ...good, kid: rig.key.thumbprint },
    ];
    for (const header of headers)
      await expect(trust.verify(jwsOf(header, statement, privateKey))).rejects.toMatchObject({
        code: "line.document-signature",
      });
    const publicText = bytes(JSON.stringify({ kty, crv, x, y }));
    const confused = await new CompactSign(bytes(JSON.stringify(statement)))
      .setProtectedHeader({ alg: "HS256", kid, typ: STATEMENT_TYPE })
      .sign(Buffer.concat([publicText, publicText]));
    await expect(trust.verify(confused)).rejects.toMatchObject({ code: "line.document-signature" });
  });

  it("is refused over statements of another form, whoever signs them", async () => {
    const pem = await readFile(join(rig.folder, "engineer.pem"), "utf8");
    const key = createPrivateKey(pem);
    const header = { alg: "ES256", kid: rig.key.thumbprint, typ: STATEMENT_TYPE };
    const good = publication({ "ca.pem": "CA" });
    const file = (path: string) => ({ ...good.files[0], path });
    const withFiles = (...files: readonly object[]) => ({ ...good, files: [...good.files, ...files] });
    const bad: readonly unknown[] = [
      ...[null, 1, [], "text", {}, { ...good, schema: 2 }, { ...good, more: 1 }, { ...good, kind: "profile" }],
      ...[
        { ...good, sha256: "0".repeat(64) },
        { ...good, files: [] },
        { ...good, name: "a\u0000b" },
      ],
      ...[
        "../x",
        "/x",
        "a/../../x",
        "..",
        "a\\b",
        "c:x",
        "con",
        "a/aux.pem",
        ".x",
        "a/.y",
        "x.",
        "a/b/c/d/e/f/g/h/i",
      ].map((path) => withFiles(file(path))),
      ...[withFiles(file("CA.pem")), withFiles(file("ca.pem/x")), withFiles(file("recipe.yaml"))],
      { ...good, files: good.files.map((entry) => ({ ...entry, carried: false })) },
      { ...good, files: good.files.map((entry) => ({ ...entry, length: 262_145 })) },
    ];
    for (const payload of bad)
      expect([payload, await refused(jwsOf(header, payload, key))]).toEqual([payload, "line.document-signature"]);
    expect(await refused(jwsOf(header, good, key))).toBeUndefined();
  });

  it("is not given to statements that nobody would accept", async () => {
    const statement: Statement = { ...publication(), name: "" };
    await expect(rig.key.sign(statement)).rejects.toMatchObject({ code: "line.document-invalid" });
  });

  it("never fails in another way, whatever is read", async () => {
    const jws = await rig.key.sign(publication());
    const texts = fc.oneof(
      fc.string({ maxLength: 200 }),
      fc
        .tuple(fc.nat(jws.length), fc.string({ maxLength: 3 }))
        .map(([at, more]) => jws.slice(0, at) + more + jws.slice(at + 1)),
      fc.nat(jws.length - 1).map((length) => jws.slice(0, length)),
      fc.string().map((text) => `${Buffer.from(text).toString("base64url")}.e30.AAAA`),
    );
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        fc.pre(text !== jws);
        expect(await refused(text)).toBe("line.document-signature");
      }),
      { numRuns: 300 },
    );
    expect(await refused("x".repeat(100_000))).toBe("line.document-signature");
  });
});

describe("a publisher's key", () => {
  it("is made once, its private half for its owner only", async () => {
    const file = join(rig.folder, "made.pem");
    const made = await makePublisherKey(file);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(publicFileOf(file), "utf8"))).toEqual(JSON.parse(made.publicJwk));
    expect(made.publicJwk).not.toContain('"d"');
    expect((await readPublisherKey(file)).thumbprint).toBe(made.thumbprint);
    await expect(makePublisherKey(file)).rejects.toMatchObject({ code: "line.publisher-key-there" });
  });

  it("opens with its passphrase only", async () => {
    const file = join(rig.folder, "sealed.pem");
    const made = await makePublisherKey(file, new Secret("correct horse"));
    expect(await readFile(file, "utf8")).toContain("ENCRYPTED");
    expect((await readPublisherKey(file, new Secret("correct horse"))).thumbprint).toBe(made.thumbprint);
    for (const passphrase of [undefined, new Secret("wrong horse")])
      await expect(readPublisherKey(file, passphrase)).rejects.toMatchObject({
        code: "line.publisher-key",
      });
  });

  it("is trusted as JWK or PEM, never as a private key, another kind of key or anything else", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
    const jwk = await exportJWK(publicKey);
    const [fromPem, fromJwk] = [await PublisherTrust.of([pem]), await PublisherTrust.of([JSON.stringify(jwk)])];
    expect(fromPem.publishers).toEqual(fromJwk.publishers);
    const p384 = generateKeyPairSync("ec", { namedCurve: "P-384" }).publicKey.export({ type: "spki", format: "pem" });
    const bad = [
      ...["", "{", "[]", "null", "x".repeat(20_000), p384.toString()],
      JSON.stringify(await exportJWK(privateKey)),
      privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
      pem + pem,
      JSON.stringify({ ...jwk, x: "A".repeat(43) }),
    ];
    for (const text of bad)
      await expect(PublisherTrust.of([pem, text])).rejects.toMatchObject({
        ...{ code: "line.publisher-key", facts: { number: 2 } },
      });
  });

  it("is refused when its file holds another thing", async () => {
    const file = join(rig.folder, "other.pem");
    await writeFile(file, "hello");
    await expect(readPublisherKey(file)).rejects.toMatchObject({ code: "line.publisher-key" });
    await expect(readPublisherKey(join(rig.folder, "none.pem"))).rejects.toMatchObject({ code: "line.publisher-key" });
  });
});
