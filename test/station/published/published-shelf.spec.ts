import { mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Publication } from "../../../src/contract/line-publication.ts";
import { DOCUMENT_KEYS } from "../../../src/line/documents/document-bucket.ts";
import { publicationOf } from "../../../src/line/documents/publish.ts";
import { PublisherTrust } from "../../../src/line/documents/publisher-trust.ts";
import { isCopy } from "../../../src/station/published/copy-files.ts";
import { PublishedShelf } from "../../../src/station/published/published-shelf.ts";
import { PublishedRig } from "../../fakes/line/published-rig.ts";

const TRAINING = join(import.meta.dirname, "../../../resources/recipes/training/recipe.yaml");
const CA = "amazon-root-ca-1.pem";

let rig: PublishedRig;
let document: Publication;
beforeEach(async () => {
  rig = await PublishedRig.make();
  document = await rig.publish(TRAINING);
});
afterEach(() => rig.remove());

const copy = (...path: readonly string[]): string => join(rig.shelf.root, "documents", document.sha256, ...path);
const signature = (): string => copy("signatures", `${rig.key.thumbprint}.jws`);
const codes = async (): Promise<readonly string[]> => (await rig.fetch()).refused.map(({ error }) => error.code);

async function soundness(): Promise<string> {
  const [first] = await rig.shelf.copies();
  if (first === undefined) return "none";
  return rig.shelf.requireSound(first).then(
    () => "sound",
    (error: unknown) => (error instanceof Error && "code" in error ? String(error.code) : "?"),
  );
}

describe("a station's copies of the line's documents", () => {
  it("are fetched whole, byte for byte, once", async () => {
    const { fetched, refused } = await rig.fetch();
    expect([fetched.length, refused.length]).toEqual([1, 0]);
    expect(fetched[0]?.statement).toEqual(document);
    expect(await readFile(copy("files", "recipe.yaml"))).toEqual(await readFile(TRAINING));
    expect(await readFile(copy("files", CA))).toEqual(await readFile(join(TRAINING, "..", CA)));
    expect(await soundness()).toBe("sound");
    expect((await rig.fetch()).fetched).toEqual([]);
  });

  it("are used without the line, and listed by name", async () => {
    await rig.fetch();
    rig.bucket.values.clear();
    const again = new PublishedShelf(rig.shelf.root, (jws) => rig.trust.verify(jws));
    const copies = await again.copies();
    expect(copies.map(({ verified }) => verified.statement.name)).toEqual(["Training board"]);
    expect(await again.copies("fixture")).toEqual([]);
    expect(await isCopy(again.root, copies[0]?.path ?? "")).toBe(true);
    expect(await isCopy(again.root, TRAINING)).toBe(false);
  });

  it.each([
    ["another text", async () => writeFile(copy("files", "recipe.yaml"), "recipe: 1\n")],
    ["a longer file", async () => writeFile(copy("files", CA), `${await readFile(copy("files", CA), "utf8")}\n`)],
    ["a missing file", async () => rm(copy("files", CA))],
    [
      "a link",
      async () => {
        await rm(copy("files", CA));
        await symlink(join(TRAINING, "..", CA), copy("files", CA));
      },
    ],
    [
      "a folder in the place of a file",
      async () => {
        await rm(copy("files", CA));
        await mkdir(copy("files", CA));
      },
    ],
  ])("are not used with %s, and are fetched again", async (_what, damage) => {
    await rig.fetch();
    await damage();
    expect(await soundness()).toBe("line.document-changed");
    expect((await rig.fetch()).fetched).toHaveLength(1);
    expect(await soundness()).toBe("sound");
  });

  it.each([
    ["no signature", () => rm(signature())],
    ["half a signature", async () => writeFile(signature(), (await readFile(signature(), "utf8")).slice(0, -9))],
    ["an empty signature", () => writeFile(signature(), "")],
    ["a signature of gigantic size", () => writeFile(signature(), "x".repeat(1_000_000))],
    [
      "the signature of another document",
      async () => {
        const other = publicationOf(
          {
            kind: "fixture",
            name: "x",
            revision: "1",
            files: [{ path: "fixture.yaml", bytes: Buffer.from("x"), carried: true }],
          },
          document.at,
        );
        await writeFile(signature(), await rig.key.sign(other));
      },
    ],
  ])("do not exist with %s, and are fetched again", async (_what, damage) => {
    await rig.fetch();
    await damage();
    expect(await soundness()).toBe("none");
    expect((await rig.fetch()).fetched).toHaveLength(1);
    expect(await soundness()).toBe("sound");
  });

  it("are gone as soon as their publisher is trusted no longer, and stay with another's signature", async () => {
    await rig.fetch();
    const [first, other] = [await rig.stranger(), await rig.stranger("second")];
    const trust = await PublisherTrust.of([first.publicJwk]);
    const shelf = new PublishedShelf(rig.shelf.root, (jws) => trust.verify(jws));
    expect(await shelf.copies()).toEqual([]);
    const both = await PublisherTrust.of([rig.key.publicJwk, other.publicJwk]);
    const signed = await other.sign(document);
    for (const there of await rig.shelf.copies())
      await rig.shelf.keep({
        verified: { jws: signed, publisher: other.thumbprint, statement: document },
        files: await rig.shelf.read(there),
      });
    expect((await readdir(copy("signatures"))).toSorted()).toEqual(
      [`${rig.key.thumbprint}.jws`, `${other.thumbprint}.jws`].toSorted(),
    );
    expect(await new PublishedShelf(rig.shelf.root, (jws) => both.verify(jws)).copies()).toHaveLength(1);
  });

  it("leave nothing unfinished behind a power cut", async () => {
    const left = join(rig.shelf.root, "documents", ".unfinished-0011223344556677");
    await mkdir(left, { recursive: true });
    const shelf = new PublishedShelf(rig.shelf.root, (jws) => rig.trust.verify(jws));
    expect(await shelf.copies()).toEqual([]);
    await rig.fetch();
    await new Promise((resolve) => setImmediate(resolve));
    expect(await readdir(join(rig.shelf.root, "documents"))).toContain(document.sha256);
  });

  it("are refused in words where they cannot be written", async () => {
    await writeFile(rig.shelf.root, "a file");
    await expect(rig.fetch()).rejects.toMatchObject({ code: "line.documents-unwritable" });
  });
});

describe("a withdrawal", () => {
  it("stops its document, also when the line is away later and when its publisher is trusted no longer", async () => {
    await rig.fetch();
    await rig.withdraw(document.sha256);
    const { withdrawn, fetched } = await rig.fetch();
    expect([withdrawn.map(({ statement }) => statement.reason), fetched]).toEqual([["wrong key"], []]);
    expect(await soundness()).toBe("line.document-withdrawn");
    expect((await rig.fetch()).withdrawn).toEqual([]);
    rig.bucket.values.clear();
    expect((await rig.shelf.copies())[0]?.withdrawn).toEqual({ reason: "wrong key" });
  });

  it("keeps its document from being fetched", async () => {
    await rig.withdraw(document.sha256);
    expect((await rig.fetch()).fetched).toEqual([]);
    expect(await soundness()).toBe("none");
  });

  it("counts from trusted publishers only", async () => {
    await rig.withdraw(document.sha256, await rig.stranger());
    expect(await codes()).toEqual(["line.document-signature"]);
    expect(await soundness()).toBe("sound");
  });

  it("stays in force when its file is damaged", async () => {
    await rig.fetch();
    await rig.withdraw(document.sha256);
    await rig.fetch();
    const folder = join(rig.shelf.root, "withdrawals");
    for (const name of await readdir(folder)) await writeFile(join(folder, name), "");
    expect(await soundness()).toBe("line.document-withdrawn");
  });
});

describe("what somebody else writes on the line", () => {
  const put = (key: string, value: string | Uint8Array): Promise<void> => rig.bucket.put(key, Buffer.from(value));
  const here = (): string => DOCUMENT_KEYS.publication(document.sha256, rig.key.thumbprint);

  it("is not taken: no file that was exchanged, no cut one, none that is gone", async () => {
    const ca = document.files.find(({ path }) => path === CA)?.sha256 ?? "";
    const key = DOCUMENT_KEYS.file(ca);
    for (const bytes of ["evil", "", Buffer.alloc(2_000_000)]) {
      await put(key, bytes);
      expect(await codes()).toEqual(["line.document-changed"]);
    }
    rig.bucket.values.delete(key);
    expect(await codes()).toEqual(["line.document-changed"]);
    expect(await soundness()).toBe("none");
  });

  it("is not taken under other keys, nor in the place of what is trusted", async () => {
    await rig.fetch();
    const jws = await rig.key.sign(document);
    const stranger = await rig.stranger();
    await put(DOCUMENT_KEYS.publication("0".repeat(64), rig.key.thumbprint), jws);
    await put(DOCUMENT_KEYS.withdrawal(document.sha256, rig.key.thumbprint), jws);
    await put(here(), await stranger.sign(document));
    expect(await codes()).toEqual(["line.document-signature", "line.document-signature", "line.document-signature"]);
    expect(await soundness()).toBe("sound");
  });

  it("is named, and keeps nothing else from being fetched", async () => {
    for (const [index, text] of ["", "{}", "a.b.c", "x".repeat(70_000), "\u0000\u00ff"].entries())
      await put(`publication.${index}`, text);
    const { fetched, refused } = await rig.fetch();
    expect(fetched).toHaveLength(1);
    expect(refused.map(({ key }) => key)).toEqual([0, 1, 2, 3, 4].map((index) => `publication.${index}`));
  });

  it("never does more than to be refused, whatever it is", async () => {
    const good = await rig.key.sign(document);
    const keys = fc.oneof(
      fc.constantFrom(
        ...rig.bucket.values.keys(),
        here(),
        DOCUMENT_KEYS.withdrawal(document.sha256, rig.key.thumbprint),
      ),
      fc.string({ maxLength: 40 }).map((text) => `publication.${text}`),
    );
    const values = fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc.tuple(fc.nat(good.length - 1), fc.nat(255)).map(([at, byte]) => Buffer.from(good).fill(byte, at, at + 1)),
    );
    const before = new Map(rig.bucket.values);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(keys, values), { maxLength: 4 }), async (written) => {
        rig.bucket.values.clear();
        for (const [key, value] of [...before, ...written]) rig.bucket.values.set(key, value);
        const { refused } = await rig.fetch();
        expect(refused.every(({ error }) => error.code.startsWith("line.document-"))).toBe(true);
        expect(["sound", "none"]).toContain(await soundness());
      }),
      { numRuns: 100 },
    );
  });

  it("cannot bring an old withdrawn revision back", async () => {
    const before = new Map(rig.bucket.values);
    await rig.fetch();
    await rig.withdraw(document.sha256);
    await rig.fetch();
    rig.bucket.values.clear();
    for (const [key, value] of before) rig.bucket.values.set(key, value);
    expect((await rig.fetch()).fetched).toEqual([]);
    expect(await soundness()).toBe("line.document-withdrawn");
  });
});
