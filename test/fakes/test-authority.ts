import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../src/core/clock.ts";
import { subjectDer } from "../../src/core/distinguished-name.ts";
import { makeAuthority } from "../../src/pki/make-authority.ts";
import { pemText } from "../../src/pki/x509-writer.ts";
import { DEFAULT_KEY_USAGE, makeCsr } from "../../src/simulator/csr.ts";
import { generateP256Key, type P256Key } from "../../src/simulator/p256.ts";

/** A folder for the files of one test. */
export class TestFolder {
  readonly path = mkdtempSync(join(tmpdir(), "pki-"));

  file(name: string, text: string, mode = 0o600): string {
    const path = join(this.path, name);
    writeFileSync(path, text, { mode });
    return path;
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** A CA as `station ca init` makes it. */
export async function testAuthority(folder: TestFolder, clock: Clock, name = "Test CA") {
  await makeAuthority({ dir: folder.path, name, days: 3650, clock, random: randomBytes });
  return { certificate: join(folder.path, "ca.pem"), key: join(folder.path, "ca-key.pem") };
}

/** A request as the simulated modem makes it. */
export function testRequest(key: P256Key = generateP256Key(), subject = "CN=whatever", nullParameters = false): string {
  const der = makeCsr({
    key,
    subject: subjectDer(subject) ?? new Uint8Array(0),
    keyUsage: DEFAULT_KEY_USAGE,
    nullParameters,
  });
  return pemText("CERTIFICATE REQUEST", der);
}

/** What openssl prints; fails as it does. */
export function openssl(args: readonly string[], input = ""): string {
  return execFileSync("openssl", args, { input, encoding: "utf8", stdio: ["pipe", "pipe", "pipe"] });
}
