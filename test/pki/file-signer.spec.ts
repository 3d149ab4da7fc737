import { chmodSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { Secret } from "../../src/core/secret.ts";
import { readAuthorityChain } from "../../src/pki/authority-certificate.ts";
import { openFileSigner } from "../../src/pki/file-signer.ts";
import { makeAuthority } from "../../src/pki/make-authority.ts";
import { openssl, testAuthority, TestFolder } from "../fakes/test-authority.ts";

const clock = new VirtualClock();
let folder: TestFolder;
beforeEach(() => {
  folder = new TestFolder();
});
afterEach(() => folder.remove());

/** A CA of openssl's making with any key. */
function opensslAuthority(keyArguments: readonly string[], further: readonly string[] = []) {
  const [key, certificate] = [join(folder.path, "k.pem"), join(folder.path, "c.pem")];
  const request = ["req", "-x509", "-new", "-nodes", "-subj", "/CN=Big CA/O=Example", "-days", "30", "-sha256"];
  openssl([...request, "-newkey", ...keyArguments, "-keyout", key, "-out", certificate, ...further]);
  chmodSync(key, 0o600);
  return { key, certificate };
}

const failureOf = async (work: Promise<unknown>) => work.catch((error: unknown) => error);

describe("a CA in files", () => {
  it("is made with a key that only its owner reads, and opens", async () => {
    const files = await testAuthority(folder, clock);
    expect(statSync(files.key).mode & 0o777).toBe(0o600);
    const signer = await openFileSigner(files);
    expect(signer.algorithm).toBe("ecdsa-sha256");
    expect(signer.chain[0].subjectText).toBe("CN=Test CA");
    expect(
      openssl(["verify", "-x509_strict", "-attime", seconds(), "-CAfile", files.certificate, files.certificate]),
    ).toContain("OK");
  });

  it("never shows its key", async () => {
    const files = await testAuthority(folder, clock);
    const signer = await openFileSigner(files);
    const body = readFileSync(files.key, "utf8").split("\n")[1] ?? "";
    expect(inspect(signer, { depth: 10, showHidden: true }) + JSON.stringify(signer)).not.toContain(body.slice(0, 20));
  });

  it("is not replaced by another", async () => {
    await testAuthority(folder, clock);
    expect(await failureOf(testAuthority(folder, clock))).toMatchObject({ code: "pki.files-there" });
  });

  it("opens with its passphrase only", async () => {
    const passphrase = new Secret("correct horse");
    await makeAuthority({
      dir: folder.path,
      name: "Sealed",
      days: 1,
      passphrase,
      clock,
      random: (n) => new Uint8Array(n),
    });
    const files = { certificate: join(folder.path, "ca.pem"), key: join(folder.path, "ca-key.pem") };
    expect(readFileSync(files.key, "utf8")).toContain("ENCRYPTED PRIVATE KEY");
    expect((await openFileSigner({ ...files, passphrase })).chain).toHaveLength(1);
    expect(await failureOf(openFileSigner(files))).toMatchObject({ code: "pki.passphrase-missing" });
    const wrong = await failureOf(openFileSigner({ ...files, passphrase: new Secret("wrong horse") }));
    expect(wrong).toMatchObject({ code: "pki.passphrase-wrong" });
    expect(inspect(wrong, { depth: 10 })).not.toContain("horse");
  });

  it.skipIf(process.platform === "win32").each([0o640, 0o604, 0o660])(
    "is refused while its key has mode %o",
    async (mode) => {
      const files = await testAuthority(folder, clock);
      chmodSync(files.key, mode);
      expect(await failureOf(openFileSigner(files))).toMatchObject({
        code: "pki.key-exposed",
        facts: { mode: `0${mode.toString(8)}` },
      });
    },
  );

  it.each([
    [["ec", "-pkeyopt", "ec_paramgen_curve:P-384"], "ecdsa-sha384"],
    [["rsa:2048"], "rsa-sha256"],
  ] as const)("opens with a key of kind %j", async (kind, algorithm) => {
    expect((await openFileSigner(opensslAuthority(kind))).algorithm).toBe(algorithm);
  });

  it.each([[["rsa:1024"]], [["ec", "-pkeyopt", "ec_paramgen_curve:secp256k1"]], [["ed25519"]]])(
    "is refused with a key of kind %j",
    async (kind) => {
      expect(await failureOf(openFileSigner(opensslAuthority(kind)))).toMatchObject({ code: "pki.key-unfit" });
    },
  );

  it("is refused with the key of another", async () => {
    const { certificate } = await testAuthority(folder, clock);
    const { key } = opensslAuthority(["ec", "-pkeyopt", "ec_paramgen_curve:P-256"]);
    expect(await failureOf(openFileSigner({ certificate, key }))).toMatchObject({ code: "pki.key-mismatch" });
  });

  it("is refused when a file is missing, empty, too large or something else", async () => {
    const { certificate, key } = await testAuthority(folder, clock);
    const missing = join(folder.path, "none.pem");
    const code = async (files: { certificate: string; key: string }) =>
      ((await failureOf(openFileSigner(files))) as { code: string }).code;
    expect(await code({ certificate: missing, key })).toBe("pki.authority-unreadable");
    expect(await code({ certificate, key: missing })).toBe("pki.key-unreadable");
    expect(await code({ certificate: folder.file("a", "hello"), key })).toBe("pki.authority-unreadable");
    expect(await code({ certificate, key: folder.file("b", "hello") })).toBe("pki.key-unreadable");
    expect(await code({ certificate, key: folder.file("c", "x".repeat(70_000)) })).toBe("pki.key-unreadable");
    expect(await code({ certificate: folder.path, key })).toBe("pki.authority-unreadable");
  });
});

describe("the certificate of a CA", () => {
  it.each([
    ["basicConstraints=critical,CA:FALSE", "it is not the certificate of a CA"],
    ["keyUsage=critical,digitalSignature", "its key usage does not allow it to sign"],
  ])("is refused with %s", (extension, why) => {
    const { certificate } = opensslAuthority(["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], ["-addext", extension]);
    expect(() => readAuthorityChain(readFileSync(certificate, "utf8"))).toThrow(
      expect.objectContaining({
        code: "pki.authority-unfit",
        facts: expect.objectContaining({ why }) as unknown,
      }) as Error,
    );
  });

  it("leads to its root, or is refused: order and path length count", () => {
    const root = opensslAuthority(
      ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
      ["-addext", "basicConstraints=critical,CA:TRUE,pathlen:1"],
    );
    const below = subordinate("Below", root, "pathlen:0");
    const rootText = readFileSync(root.certificate, "utf8");
    expect(readAuthorityChain(below.text + rootText).map(({ subjectText }) => subjectText)).toEqual([
      "CN=Below",
      "CN=Big CA,O=Example",
    ]);
    const code = (text: string) => {
      try {
        readAuthorityChain(text);
        return "none";
      } catch (error) {
        return (error as { code: string }).code;
      }
    };
    expect(code(rootText + below.text)).toBe("pki.authority-unfit");
    const deeper = subordinate("Deeper", below, "pathlen:0");
    expect(code(deeper.text + below.text + rootText)).toBe("pki.authority-unfit");
    expect(code(rootText.repeat(9))).toBe("pki.authority-unreadable");
  });
});

function subordinate(name: string, issuer: { key: string; certificate: string }, path: string) {
  const [key, certificate, request] = ["key", "pem", "csr"].map((kind) => join(folder.path, `${name}.${kind}`)) as [
    string,
    string,
    string,
  ];
  openssl([
    "req",
    "-new",
    "-nodes",
    "-newkey",
    "ec",
    "-pkeyopt",
    "ec_paramgen_curve:P-256",
    "-subj",
    `/CN=${name}`,
    "-keyout",
    key,
    "-out",
    request,
  ]);
  const extensions = folder.file(
    `${name}.ext`,
    `basicConstraints=critical,CA:TRUE,${path}\nsubjectKeyIdentifier=hash\n`,
  );
  openssl([
    "x509",
    "-req",
    "-in",
    request,
    "-CA",
    issuer.certificate,
    "-CAkey",
    issuer.key,
    "-days",
    "9",
    "-extfile",
    extensions,
    "-out",
    certificate,
  ]);
  return { key, certificate, text: readFileSync(certificate, "utf8") };
}

function seconds(): string {
  return String(Math.floor(clock.now() / 1000));
}
