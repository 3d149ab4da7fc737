import type { ResolvedLine } from "../../../src/contract/line-file.ts";
import { CA, TestPki } from "../dtls-pki.ts";

/** The settings of a station of a line, as its line file resolves. */
export function lineSettings(servers: readonly string[], changes: Partial<ResolvedLine> = {}): ResolvedLine {
  return {
    schema: 1,
    name: "line 7",
    station: { name: "a1" },
    servers: [...servers],
    limits: { connectSeconds: 2, requestSeconds: 2 },
    interlock: { whenAway: "refuse", leaseSeconds: 30, training: false },
    documents: { trust: [], require: false },
    results: true,
    ...changes,
  };
}

/** A CA with a certificate for 127.0.0.1 and localhost, and lines for a server's configuration that use it. */
export function tlsFiles(): { readonly ca: string; readonly config: string; remove(): void } {
  const pki = new TestPki();
  pki.make("ca", { extensions: CA });
  pki.make("server", { issuer: "ca" });
  return {
    ca: pki.text("ca.pem"),
    config: `tls { cert_file: "${pki.path("server.pem")}", key_file: "${pki.path("server.key")}" }`,
    remove: () => pki.remove(),
  };
}
