import type { KeyFacts, ServiceFacts, ServiceTestNews } from "../../src/contract/desktop-service.ts";
import type { ServiceTest, TestStep, TestStepName } from "../../src/contract/service-test.ts";
import { codeEntry } from "../../src/core/error-codes.ts";

const SHA256 = "9f3a41c7e08b5d1277ac52d8aa106f3eb91709c1c3f452d8aa106f3eb91709c1";
const STEP_MS = 350;

type Asked = { readonly profile: string; readonly keep: "session" | "vault" | "unprotected"; readonly job: string };

/** Keys and connection tests of services that there are not. */
export class FakeService {
  readonly #tell: (news: ServiceTestNews) => void;
  #key: KeyFacts = { from: "vault", protection: "system", fingerprint: "5bd0c2e9", keptAt: "2026-03-01T08:00:00.000Z" };

  constructor(tell: (news: ServiceTestNews) => void) {
    this.#tell = tell;
  }

  answer(kind: string, value: unknown): unknown {
    const asked = value as Asked;
    switch (kind) {
      case "service.embedded":
        return {
          ...{ httpsPort: 41203, ownerPort: 39029, caSha256: SHA256 },
          ...{ folder: "Provisioning Station/station/training-service", caFile: "ca.pem" },
        };
      case "service.enter-key":
        this.#key =
          asked.keep === "session"
            ? { from: "session", fingerprint: "7c11f0aa" }
            : { from: "vault", protection: "system", fingerprint: "7c11f0aa", keptAt: new Date().toISOString() };
        return this.#facts(asked.profile);
      case "service.forget-key":
        this.#key = { from: "none" };
        return this.#facts(asked.profile);
      case "service.facts":
        return this.#facts(asked.profile);
      case "service.pick-ca":
        return { kind: "picked", file: "own/root.pem", sha256: SHA256, certificates: 1 };
      default:
        return this.#test(asked);
    }
  }

  #facts(profile: string): ServiceFacts {
    const none = { from: "none" } as const;
    if (profile === "embedded")
      return { key: { from: "built-in" }, keeping: "system", proxy: { device: none, owner: none } };
    const proxy = { from: "environment", address: "http://proxy.factory.example:3128", signsIn: true } as const;
    const variable = { name: "NRF_CLOUD_API_KEY", set: false };
    return { key: this.#key, keeping: "system", variable, proxy: { device: proxy, owner: proxy } };
  }

  /** Every step passes, but for the owner's certificate of a service that is not the embedded one. */
  async #test({ profile, job }: Asked): Promise<ServiceTest> {
    const good = profile === "embedded";
    const states: ServiceTest = {
      ...{ profile: "A service", state: "running" },
      sides: [
        {
          side: "device",
          target: "provisioning-http.nrfcloud.com:443",
          steps: waiting("name", "connect", "tls", "answer"),
        },
        {
          ...{ side: "owner", target: "api.provisioning.nrfcloud.com:443" },
          steps: waiting("name", "connect", "tls", "answer", "key"),
        },
      ],
    };
    for (const side of states.sides)
      for (const [index, { step }] of side.steps.entries()) {
        side.steps[index] = { step, state: "running" };
        this.#tell({ job, test: structuredClone(states) });
        await new Promise((resolve) => setTimeout(resolve, STEP_MS));
        if (!good && side.side === "owner" && step === "tls") {
          side.steps.splice(
            index,
            3,
            untrusted(step),
            { step: "answer", state: "not-reached" },
            { step: "key", state: "not-reached" },
          );
          return { ...states, state: "failed" };
        }
        side.steps[index] = passed(step);
      }
    return { ...states, state: "passed" };
  }
}

function waiting(...steps: readonly TestStepName[]): TestStep[] {
  return steps.map((step) => ({ step, state: "waiting" }));
}

function passed(step: TestStepName): TestStep {
  const elapsedMs = { transport: 0, name: 4.2, connect: 21.7, proxy: 30, tls: 48.3, answer: 37.1, key: 0.1 }[step];
  const subject = {
    protocol: "TLSv1.3",
    subject: "*.nrfcloud.com",
    issuer: "Amazon RSA 2048 M03",
    until: "Nov 12 23:59:59 2026 GMT",
  };
  if (step === "tls") return { step, state: "passed", elapsedMs, facts: { ...subject, sha256: SHA256 } };
  return step === "answer"
    ? { step, state: "passed", elapsedMs, facts: { status: 401 } }
    : { step, state: "passed", elapsedMs };
}

function untrusted(step: TestStepName): TestStep {
  const code = "transport.tls-untrusted";
  const { advice } = codeEntry(code);
  const error = {
    code,
    what: "the service's certificate does not lead to the profile's CA",
    facts: {},
    advice,
  } as const;
  return { step, state: "failed", elapsedMs: 51.9, error };
}
