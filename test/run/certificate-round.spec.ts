import { describe, expect, it } from "vitest";
import type { Question } from "../../src/contract/question.ts";
import { RecipeSchema } from "../../src/contract/recipe.ts";
import { ownerCommands } from "../../src/cloud/owner-command.ts";
import { StationError } from "../../src/core/error.ts";
import type { GivenAnswer } from "../../src/run/ask-core.ts";
import { nextPortion } from "../../src/run/queue-portion.ts";
import { recipe, RunRig, type RigOptions } from "./support/run-rig.ts";

const TAG = 16_842_753;
const ISSUED = "-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----\n";
const commands = [
  { certificateSigningRequest: { secTag: TAG } },
  { serverCertificate: { secTag: TAG, file: "ca.pem" } },
  { clientCertificate: { secTag: TAG, signedBy: "factory" } },
  "finished",
];

const answer = (pem = ISSUED): GivenAnswer => ({
  kind: "certificate",
  pem,
  by: "factory",
  authority: "a".repeat(64),
  serial: "4142",
  sha256: "d".repeat(64),
  subject: "CN=unit",
  notAfter: "2036-01-01T00:00:00.000Z",
});

function rig(options: RigOptions = {}) {
  const asked: Question[] = [];
  const ask = (question: Question): Promise<GivenAnswer> => {
    asked.push(question);
    return Promise.resolve(answer());
  };
  return { asked, rig: new RunRig({ ask, order: { recipe: recipe({ commands }) }, ...options }) };
}

describe("a run with a certificate of one's own CA", () => {
  it("asks the core with the request that the unit made, writes what it signed, and finds it in the modem", async () => {
    const { asked, rig: one } = rig();
    expect(await one.run()).toMatchObject({ outcome: "PASS" });
    const [request] = one.eventsOf("artefact.made");
    expect(asked).toEqual([{ kind: "certificate", secTag: TAG, csr: request?.text }]);
    const queued = one.eventsOf("queue.announced").map(({ commands: kinds }) => kinds);
    expect(queued).toEqual([
      ["certificateSigningRequest", "serverCertificate"],
      ["clientCertificate", "finished"],
    ]);
    expect(one.eventsOf("certificate.issued")).toMatchObject([
      { secTag: TAG, by: "factory", serial: "4142", pem: ISSUED },
    ]);
    const verdicts = one.eventsOf("credential.verified").map(({ credential, verdict }) => [credential, verdict]);
    expect(verdicts).toContainEqual([1, "match"]);
  });

  it("ends with the core's reason when it does not sign; nothing more is queued", async () => {
    const refusal = new StationError("pki.authority-expired", "the CA's certificate is not valid now");
    const { rig: one } = rig({ ask: () => Promise.reject(refusal) });
    expect(await one.run()).toMatchObject({ outcome: "ERROR", error: { code: "pki.authority-expired" } });
    expect(one.eventsOf("queue.announced")).toHaveLength(1);
  });
});

describe("the portions of a queue", () => {
  const portions = (list: readonly unknown[]): readonly (readonly string[])[] => {
    const owner = ownerCommands(recipe({ commands: list }));
    const found: string[][] = [];
    for (let next = 0; next < owner.length;) {
      const portion = nextPortion(owner, next);
      found.push(portion.map(({ kind }) => kind));
      next += portion.length;
    }
    return found;
  };
  const csr = (secTag: number) => ({ certificateSigningRequest: { secTag } });
  const own = (secTag: number) => ({ clientCertificate: { secTag, signedBy: "factory" } });
  const filler = (count: number) => Array.from({ length: count }, (_, index) => ({ config: { [`a/${index}`]: "1" } }));

  it("end before a certificate whose request is among them, and at 20 commands", () => {
    expect(portions([csr(1), own(1)]).map(({ length }) => length)).toEqual([1, 1]);
    expect(portions([csr(1), csr(2), own(1), own(2), "finished"]).map(({ length }) => length)).toEqual([2, 3]);
    expect(portions([csr(1), own(1), csr(2), own(2)]).map(({ length }) => length)).toEqual([1, 2, 1]);
    expect(portions([csr(1), ...filler(24), own(1)]).map(({ length }) => length)).toEqual([20, 6]);
    expect(portions(filler(21)).map(({ length }) => length)).toEqual([20, 1]);
  });
});

describe("a recipe with signed certificates", () => {
  const problems = (changes: object): readonly string[] => {
    const parsed = RecipeSchema.safeParse({ recipe: 1, product: "P", revision: "1", commands, ...changes });
    return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`);
  };

  it("wants a request on the same tag before, and a station that queues the commands", () => {
    expect(problems({})).toEqual([]);
    expect(problems({ commands: [...commands].reverse() })).toEqual([
      "commands.1.clientCertificate.signedBy needs a certificateSigningRequest on the same secTag before it",
    ]);
    expect(problems({ claim: { by: "elsewhere" } })).toEqual([
      "commands.2.clientCertificate.signedBy needs claim.by: station",
    ]);
  });
});
