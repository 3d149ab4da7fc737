import { randomBytes, X509Certificate } from "node:crypto";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RecipeSchema } from "../../src/contract/recipe.ts";
import type { DeviceUuid, Imei, RunId, SlotId } from "../../src/core/ids.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { certificateDesks } from "../../src/station/certificate-desk.ts";
import { answerQuestion, type Asker } from "../../src/station/run-desk.ts";
import { MemoryCertificateBook } from "../fakes/memory-certificate-book.ts";
import { testAuthority, TestFolder, testRequest } from "../fakes/test-authority.ts";
import { uuidOf } from "./station-rig.ts";

const clock = new VirtualClock();
const uuid = uuidOf("1") as DeviceUuid;
const device = { uuid, imei: "352656100367872" as Imei, boardSerial: "MT-1" };
const asker: Asker = { runId: "r" as RunId, slot: "1" as SlotId, uuid, device };
const recipe = (commands: readonly object[]) =>
  RecipeSchema.parse({ recipe: 1, product: "P", revision: "1", commands: [...commands] });
const SIGNED = [
  { certificateSigningRequest: { secTag: 7 } },
  { clientCertificate: { secTag: 7, signedBy: "factory" } },
];

let folder: TestFolder;
beforeEach(async () => {
  folder = new TestFolder();
  await testAuthority(folder, clock);
});
afterEach(() => folder.remove());

function desks(commands: readonly object[] = SIGNED) {
  const certificates = new MemoryCertificateBook({ check: () => undefined, hasRun: () => true });
  const [certificate, key] = [join(folder.path, "ca.pem"), join(folder.path, "ca-key.pem")];
  const authority = { name: "factory", certificate, key, subject: "CN={{boardSerial}},OU={{imei}}", days: 1 };
  const signing = { authorities: [authority], passphraseOf: () => undefined };
  return certificateDesks({ signing, recipe: recipe(commands), store: { certificates }, clock, random: randomBytes });
}

const ask = (made: ReturnType<typeof desks>, secTag = 7, csr = testRequest()) =>
  answerQuestion(made, { kind: "certificate", secTag, csr }, asker);

describe("the desk for certificates", () => {
  it("signs as the recipe says, with what the core knows of the unit", async () => {
    const answer = await ask(desks());
    expect(answer).toMatchObject({ kind: "certificate", by: "factory", subject: "CN=MT-1,OU=352656100367872" });
    const pem = answer.kind === "certificate" ? answer.pem : "";
    expect(new X509Certificate(pem).subject).toBe("CN=MT-1\nOU=352656100367872");
  });

  it("refuses a tag that the recipe does not have signed, and a fifth request of one run", async () => {
    const made = desks();
    const code = async (answer: ReturnType<typeof ask>) => {
      const given = await answer;
      return given.kind === "refused" ? given.error.code : given.kind;
    };
    expect(await code(ask(made, 8))).toBe("station.worker-protocol");
    for (let count = 1; count <= 4; count++) expect(await code(ask(made))).toBe("certificate");
    expect(await code(ask(made))).toBe("station.worker-protocol");
    expect(await code(ask(made, 7, "nonsense"))).toBe("station.worker-protocol");
    expect(await code(ask(desks(), 7, "nonsense"))).toBe("pki.request-malformed");
  });

  it("is not there where the recipe wants nothing signed; lets no batch start where the CA cannot sign", async () => {
    expect(desks([{ finished: {} }])).toEqual({});
    await expect(desks().beforeBatch?.()).resolves.toBeUndefined();
    folder.file("ca.pem", "gone");
    await expect(desks().beforeBatch?.()).rejects.toMatchObject({ code: "pki.authority-unreadable" });
  });
});
