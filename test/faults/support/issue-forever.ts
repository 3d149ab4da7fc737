// A process that gives out certificates until it is killed; each serial number is printed once its certificate was given out.
import { randomBytes } from "node:crypto";
import { openAuditStore } from "../../../src/audit/open-audit-store.ts";
import type { DeviceUuid } from "../../../src/core/ids.ts";
import { realClock } from "../../../src/core/real-clock.ts";
import { CertificateIssuer } from "../../../src/station/certificate-issuer.ts";
import { testRequest } from "../../fakes/test-authority.ts";

const [folder = "", file = ""] = process.argv.slice(2);
const { store } = await openAuditStore({ file, clock: realClock, random: randomBytes });
const issuer = new CertificateIssuer({
  authorities: [
    { name: "factory", certificate: `${folder}/ca.pem`, key: `${folder}/ca-key.pem`, subject: "CN={{uuid}}", days: 10 },
  ],
  passphraseOf: () => undefined,
  book: store.certificates,
  clock: realClock,
  random: randomBytes,
});
const uuid = "50363154-3931-44f0-8022-121b6401627d" as DeviceUuid;
for (;;) {
  const signed = await Promise.all(
    [1, 2, 3].map(() => issuer.issue({ authority: "factory", csr: testRequest(), facts: { uuid }, uuid })),
  );
  for (const { serial, sha256 } of signed) process.stdout.write(`${serial} ${sha256}\n`);
}
