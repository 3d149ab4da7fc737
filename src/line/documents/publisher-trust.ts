import { createPublicKey, type KeyObject } from "node:crypto";
import { calculateJwkThumbprint, compactVerify, decodeProtectedHeader } from "jose";
import { z } from "zod";
import { LONGEST_STATEMENT, StatementSchema, type Statement, type Verified } from "../../contract/line-publication.ts";
import { StationError } from "../../core/error.ts";
import { documentSha256 } from "./document-digest.ts";
import { ALGORITHM, STATEMENT_TYPE } from "./publisher-key.ts";

const LARGEST_KEY = 16_384;

const CoordinateSchema = z.string().regex(/^[A-Za-z0-9_-]{43}$/);
/** Other members of a JWK are of no concern; a private half is: nobody gives that out to stations. */
const PublicJwkSchema = z
  .looseObject({ kty: z.literal("EC"), crv: z.literal("P-256"), x: CoordinateSchema, y: CoordinateSchema })
  .refine((jwk) => !("d" in jwk))
  .transform(({ kty, crv, x, y }) => ({ kty, crv, x, y }));

const HeaderSchema = z.strictObject({
  alg: z.literal(ALGORITHM),
  kid: z.string().max(64),
  typ: z.literal(STATEMENT_TYPE),
});

/** Whom a station believes: the public keys of engineers who publish. */
export class PublisherTrust {
  readonly #keys: ReadonlyMap<string, KeyObject>;

  private constructor(keys: ReadonlyMap<string, KeyObject>) {
    this.#keys = keys;
  }

  /**
   * @param texts public keys as the text of their files: a JWK or a PEM (`BEGIN PUBLIC KEY`), P-256
   * @throws StationError line.publisher-key naming which one
   */
  static async of(texts: readonly string[]): Promise<PublisherTrust> {
    const keys = new Map<string, KeyObject>();
    for (const [index, text] of texts.entries()) {
      const { thumbprint, key } = await publicKeyIn(text, index + 1);
      keys.set(thumbprint, key);
    }
    return new PublisherTrust(keys);
  }

  /** The thumbprints of the trusted keys. */
  get publishers(): readonly string[] {
    return [...this.#keys.keys()];
  }

  /**
   * Reads a signed statement, when a trusted publisher's signature over it holds.
   * @throws StationError line.document-signature for every other text
   */
  async verify(jws: string): Promise<Verified> {
    if (jws.length > LONGEST_STATEMENT) throw unsigned("it is too long for a signed statement");
    const kid = signerOf(jws);
    const key = kid === undefined ? undefined : this.#keys.get(kid);
    if (kid === undefined || key === undefined)
      throw unsigned("its publisher is not trusted", kid === undefined ? {} : { publisher: kid });
    return { jws, publisher: kid, statement: await signedBy(key, kid, jws) };
  }
}

/** The thumbprint that a signed statement names, believed or not. */
function signerOf(jws: string): string | undefined {
  try {
    const header = HeaderSchema.safeParse(decodeProtectedHeader(jws));
    return header.success ? header.data.kid : undefined;
  } catch {
    return undefined;
  }
}

async function signedBy(key: KeyObject, publisher: string, jws: string): Promise<Statement> {
  const payload = await payloadOf(key, publisher, jws);
  const statement = StatementSchema.safeParse(payload);
  if (!statement.success) throw unsigned("the statement has a form that is not known", { publisher });
  const { data } = statement;
  if (data.statement === "publication" && documentSha256(data.kind, data.files) !== data.sha256)
    throw unsigned("the statement's digest is not that of its files", { publisher });
  return data;
}

async function payloadOf(key: KeyObject, publisher: string, jws: string): Promise<unknown> {
  try {
    const { payload } = await compactVerify(jws, key, { algorithms: [ALGORITHM] });
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch (cause) {
    throw unsigned("its signature does not hold", { publisher }, cause);
  }
}

function unsigned(what: string, facts: Readonly<Record<string, string>> = {}, cause?: unknown): StationError {
  return new StationError("line.document-signature", what, facts, cause === undefined ? {} : { cause });
}

async function publicKeyIn(
  text: string,
  number: number,
): Promise<{ readonly thumbprint: string; readonly key: KeyObject }> {
  try {
    const jwk = PublicJwkSchema.safeParse(text.length > LARGEST_KEY ? undefined : jwkIn(text));
    if (jwk.success) {
      const key = createPublicKey({ key: jwk.data, format: "jwk" });
      return { thumbprint: await calculateJwkThumbprint(jwk.data), key };
    }
  } catch {
    // The cause is left out: a private key that was put there by mistake must not be quoted.
  }
  throw new StationError("line.publisher-key", "it is no public P-256 key as JWK or PEM", { number });
}

/** A PEM is taken only when it says that it is public: Node would make the public half of a private one. */
function jwkIn(text: string): unknown {
  if (!text.includes("-----BEGIN")) return JSON.parse(text);
  const isPublic = /^\s*-----BEGIN PUBLIC KEY-----[^-]+-----END PUBLIC KEY-----\s*$/.test(text);
  return isPublic ? createPublicKey(text).export({ format: "jwk" }) : undefined;
}
