import { X509Certificate } from "node:crypto";
import { BORN } from "../../src/contract/desktop-configuration.ts";
import type { EmbeddedFacts, ServiceFacts, ServiceTestNews } from "../../src/contract/desktop-service.ts";
import type { Profile, ResolvedProfile } from "../../src/contract/profile.ts";
import type { ServiceTest } from "../../src/contract/service-test.ts";
import type { TestOrder } from "../../src/contract/service-test-helper.ts";
import { reportOf, StationError } from "../../src/core/error.ts";
import type { Secret } from "../../src/core/secret.ts";
import { checkProfile } from "../../src/station/files/profile-file.ts";
import { profileText } from "../../src/station/files/profile-text.ts";
import type { Library } from "../../src/station/library/library.ts";
import { proxiesOf, type ProxyFor } from "../../src/station/service-proxies.ts";
import type { Jobs } from "../desk/jobs.ts";
import type { Handlers } from "../ipc/handlers.ts";
import type { OwnerKeys } from "./owner-keys.ts";
import { proxyFacts } from "./proxy-facts.ts";
import type { ServiceTester } from "./service-tester.ts";

/** The embedded service as it runs now. */
export type EmbeddedService = {
  readonly profile: ResolvedProfile;
  readonly ownerKey: Secret;
  readonly folder: string;
  readonly caFile: string;
};

export type ServiceDeskParts = {
  readonly library: Pick<Library, "read" | "locate">;
  readonly keys: OwnerKeys;
  readonly test: ServiceTester;
  readonly jobs: Jobs;
  readonly proxyFor: ProxyFor;
  /** Undefined while the line works with another service. */
  readonly embedded: () => EmbeddedService | undefined;
  /** Tells the window how a test stands. */
  readonly tell: (news: ServiceTestNews) => void;
};

type ServiceHandlers = Omit<
  Pick<Handlers, Extract<keyof Handlers, `service.${string}`>>,
  "service.write" | "service.pick-ca"
>;

/** The requests about services: keys, ways and their tests. No key ever goes to the window. */
export function serviceHandlers(parts: ServiceDeskParts): ServiceHandlers {
  const { library, keys } = parts;
  const profileOf = async (id: string): Promise<Profile | undefined> => {
    const { parsed } = await library.read({ kind: "profile", id });
    return parsed?.kind === "profile" ? parsed.profile : undefined;
  };
  const needed = async (id: string): Promise<Profile> => {
    const profile = await profileOf(id);
    if (profile !== undefined) return profile;
    throw new StationError("file.invalid", "the profile has problems", { id });
  };
  return {
    "service.facts": async ({ profile: id }) => factsOf(parts, id, await profileOf(id)),
    "service.embedded": () => embeddedFacts(parts.embedded()),
    "service.enter-key": async ({ profile: id, key, keep }) => {
      requireOwn(id);
      const profile = await needed(id);
      await keys.enter(id, profile, key, keep);
      return factsOf(parts, id, profile);
    },
    "service.forget-key": async ({ profile: id }) => {
      requireOwn(id);
      await keys.forget(id);
      return factsOf(parts, id, await profileOf(id));
    },
    "service.test": async ({ profile: id, job }) => runTest(parts, await orderOf(parts, id), job),
    "service.try": async ({ profile: id, fields, job }) => runTest(parts, await orderOf(parts, id, fields), job),
  };
}

/** The embedded service makes its key itself. */
function requireOwn(id: string): void {
  if (id !== BORN.profile) return;
  throw new StationError("desktop.request", "the embedded service has a key of its own", { id });
}

async function factsOf(parts: ServiceDeskParts, id: string, profile: Profile | undefined): Promise<ServiceFacts> {
  const keeping = await parts.keys.protection();
  const none = { from: "none" } as const;
  if (id === BORN.profile) return { key: { from: "built-in" }, keeping, proxy: { device: none, owner: none } };
  if (profile === undefined) return { key: none, keeping, proxy: { device: none } };
  const { facts: key, problem } = await parts.keys.find(id, profile);
  const { proxy, ownerProxy } = proxiesOf(profile, parts.proxyFor);
  const name = profile.owner?.keyEnv;
  return {
    ...{ key, keeping },
    ...(problem === undefined ? {} : { keyProblem: reportOf(problem) }),
    ...(name === undefined ? {} : { variable: { name, set: parts.keys.isSet(name) } }),
    proxy: {
      device: proxyFacts(profile.proxy, proxy),
      ...(profile.owner === undefined ? {} : { owner: proxyFacts(profile.proxy, ownerProxy) }),
    },
  };
}

function embeddedFacts(embedded: EmbeddedService | undefined): EmbeddedFacts | null {
  const { https, coaps, owner } = embedded?.profile ?? {};
  if (embedded === undefined || https === undefined || owner === undefined) return null;
  const { folder, caFile } = embedded;
  const caSha256 = new X509Certificate(https.ca).fingerprint256.replaceAll(":", "").toLowerCase();
  return {
    httpsPort: https.port,
    ...(coaps === undefined ? {} : { coapsPort: coaps.port }),
    ownerPort: Number(new URL(owner.base).port),
    folder,
    caFile,
    caSha256,
  };
}

/** What is to be tested, and with which key. @throws StationError probe.embedded-off, library.*, file.* */
async function orderOf(parts: ServiceDeskParts, id: string, fields?: Profile): Promise<TestOrder> {
  if (id === BORN.profile) {
    const embedded = parts.embedded();
    if (embedded !== undefined) return { profile: embedded.profile, ownerKey: embedded.ownerKey.reveal() };
    throw new StationError("probe.embedded-off", "the embedded service does not run now");
  }
  const which = { kind: "profile", id } as const;
  const path = await parts.library.locate(which);
  if (path === undefined) throw new StationError("library.missing", "there is no such document", which);
  const text = fields === undefined ? (await parts.library.read(which)).text : profileText(fields);
  const profile = await checkProfile(text, path);
  const { key } = await parts.keys.find(id, profile);
  return {
    profile,
    ...(key === undefined ? {} : { ownerKey: key.reveal() }),
    ...proxiesOf(profile, parts.proxyFor),
  };
}

function runTest({ jobs, test, tell }: ServiceDeskParts, order: TestOrder, job: string): Promise<ServiceTest> {
  return jobs.run(job, ({ signal }) => test(order, { signal, onChange: (changed) => tell({ job, test: changed }) }));
}
