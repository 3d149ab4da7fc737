import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Secret } from "../../src/core/secret.ts";

/** What a certificate is made of; openssl makes it. */
export type CertificateWish = {
  readonly subject?: string;
  /** The issuer's name in this PKI; without it the certificate signs itself. */
  readonly issuer?: string;
  /** Arguments of `openssl genpkey`. */
  readonly key?: readonly string[];
  /** The certificate whose key it takes instead of one of its own. */
  readonly keyOf?: string;
  readonly hash?: string;
  /** Lines of an extension file; undefined makes a leaf for localhost, empty a certificate of version 1. */
  readonly extensions?: readonly string[];
};

export const P256 = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
export const P384 = ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"];
export const CA = ["basicConstraints=critical,CA:TRUE", "keyUsage=critical,keyCertSign,cRLSign"];
export const LEAF = [
  "basicConstraints=critical,CA:FALSE",
  "keyUsage=critical,digitalSignature",
  "extendedKeyUsage=serverAuth",
  "subjectAltName=DNS:localhost,IP:127.0.0.1",
];

/** Certificates in a temporary folder. */
export class TestPki {
  readonly folder = mkdtempSync(join(tmpdir(), "dtls-pki-"));

  /** Makes a certificate and its key under a name. */
  make(name: string, wish: CertificateWish): void {
    const { subject = `/CN=${name}`, issuer, key = P256, hash = "sha256", extensions = LEAF } = wish;
    if (wish.keyOf === undefined) this.#openssl("genpkey", ...key, "-out", `${name}.key`);
    else copyFileSync(this.path(`${wish.keyOf}.key`), this.path(`${name}.key`));
    this.#openssl("req", "-new", "-key", `${name}.key`, "-subj", subject, "-out", `${name}.csr`);
    writeFileSync(this.path(`${name}.ext`), extensions.join("\n"));
    const signer =
      issuer === undefined ? ["-signkey", `${name}.key`] : ["-CA", `${issuer}.pem`, "-CAkey", `${issuer}.key`];
    const extension = extensions.length === 0 ? [] : ["-extfile", `${name}.ext`];
    const serial = ["-set_serial", `${Math.floor(Math.random() * 2 ** 40)}`];
    const request = ["-req", "-in", `${name}.csr`, "-days", "365", `-${hash}`, "-out", `${name}.pem`];
    this.#openssl("x509", ...request, ...signer, ...serial, ...extension);
  }

  /** Runs the script of the fixtures, which makes good and bad chains. */
  runScript(): void {
    execFileSync("sh", [join(import.meta.dirname, "../fixtures/dtls/test-pki.sh")], {
      cwd: this.folder,
      stdio: "ignore",
    });
  }

  path(file: string): string {
    return join(this.folder, file);
  }

  text(file: string): string {
    return readFileSync(this.path(file), "utf8");
  }

  /** The certificates of these names behind one another. */
  chain(...names: readonly string[]): string {
    return names.map((name) => this.text(`${name}.pem`)).join("");
  }

  key(name: string): Secret {
    return new Secret(this.text(`${name}.key`));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  #openssl(...args: readonly string[]): void {
    execFileSync("openssl", [...args], { cwd: this.folder, stdio: "ignore" });
  }
}

/** Root, intermediate and a leaf for localhost and 127.0.0.1, all P-256. */
export function smallPki(): TestPki {
  const pki = new TestPki();
  pki.make("root", { subject: "/O=Test/CN=Root", extensions: CA });
  pki.make("int", { subject: "/O=Test/CN=Intermediate", issuer: "root", extensions: [...CA] });
  pki.make("leaf", { subject: "/CN=localhost", issuer: "int" });
  return pki;
}
