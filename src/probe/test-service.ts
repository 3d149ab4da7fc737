import type { ResolvedProfile } from "../contract/profile.ts";
import type { ServiceSide, ServiceTest, TestedSide, TestStep, TestStepName } from "../contract/service-test.ts";
import type { Clock } from "../core/clock.ts";
import { seconds, type Duration } from "../core/duration.ts";
import { StationError } from "../core/error.ts";
import type { Secret } from "../core/secret.ts";
import { chooseProxy, type ProxyAddress } from "../transport/https/proxy-address.ts";
import type { CoapsPlace } from "./coaps-way.ts";
import { goHttps, httpsSteps } from "./https-way.ts";
import { deviceProbe, ownerProbe, type SideProbe } from "./side-probe.ts";
import { StepBook } from "./step-book.ts";

/** What is to be tested. */
export type ServiceTestOrder = {
  readonly profile: ResolvedProfile;
  readonly ownerKey?: Secret;
  /** The environment's proxy for each side; the profile's own wins. */
  readonly proxy?: string;
  readonly ownerProxy?: string;
};

/** What a test works with. */
export type ServiceTestParts = {
  readonly clock: Clock;
  /** Cancels the test. */
  readonly signal: AbortSignal;
  /** Told of every change. */
  readonly onChange: (test: ServiceTest) => void;
  /** How long one step may take; default 10 s. */
  readonly stepLimit?: Duration;
};

const STEP_LIMIT = seconds(10);

/**
 * Goes the way to both sides of a service, step by step as runs go it, and tells where it ends. Changes nothing at the service.
 * Never throws: what fails is told in its step. A cancelled test ends at once.
 */
export async function testService(order: ServiceTestOrder, parts: ServiceTestParts): Promise<ServiceTest> {
  const { name } = order.profile;
  const ways = waysOf(order);
  const sides: TestedSide[] = ways.map(waitingSide);
  const told = (state: ServiceTest["state"]): ServiceTest => ({ profile: name, state, sides: [...sides] });
  for (const [index, way] of ways.entries()) {
    const keep = (steps: readonly TestStep[]): void => {
      sides[index] = { ...headOf(way), steps: [...steps] };
      parts.onChange(told("running"));
    };
    if (parts.signal.aborted) keep(way.steps.map((step) => ({ step, state: "not-reached" })));
    else await goWay(way, keep, parts);
  }
  const ended = told(verdictOf(sides, parts.signal));
  parts.onChange(ended);
  return ended;
}

function verdictOf(sides: readonly TestedSide[], signal: AbortSignal): ServiceTest["state"] {
  const states = sides.flatMap(({ steps }) => steps.map(({ state }) => state));
  if (states.every((state) => state === "passed")) return "passed";
  return signal.aborted ? "cancelled" : "failed";
}

/** A side with the way to it, or with why there is none. */
type Way = {
  readonly side: ServiceSide;
  readonly target: string;
  readonly proxy?: string;
  readonly steps: readonly TestStepName[];
  readonly go: (book: StepBook, parts: ServiceTestParts) => Promise<void>;
};

function waysOf(order: ServiceTestOrder): readonly Way[] {
  const { profile, ownerKey, proxy, ownerProxy } = order;
  const { https, coaps, owner } = profile;
  const device = deviceWay(profile, proxy);
  if (owner === undefined) return [device];
  const ca = owner.ca ?? (https ?? coaps)?.ca;
  const probe = tried(() => {
    if (ca !== undefined) return ownerProbe(owner.base, ca, ownerKey);
    throw new StationError("run.owner-missing", "the profile names no CA for the owner API");
  });
  if (probe instanceof StationError) return [device, failedWay("owner", owner.base, "answer", probe, ["key"])];
  return [device, httpsWay(probe, () => chooseProxy(profile.proxy, ownerProxy))];
}

function deviceWay(profile: ResolvedProfile, proxy: string | undefined): Way {
  const { https, coaps, transport } = profile;
  if (transport === "coaps" && coaps !== undefined) return coapsWay(coaps);
  if (https !== undefined) return httpsWay(deviceProbe(https), () => chooseProxy(profile.proxy, proxy));
  const error = new StationError("run.transport-missing", "the profile has no endpoint for its transport", {
    transport,
  });
  return failedWay("device", transport, "transport", error, ["answer"]);
}

function httpsWay(probe: SideProbe, choose: () => ProxyAddress | undefined): Way {
  const target = `${bracketed(probe.host)}:${probe.port}`;
  const chosen = tried(choose);
  if (chosen instanceof StationError)
    return failedWay(probe.side, target, "proxy", chosen, ["tls", "answer", ...probe.more]);
  const steps = [...httpsSteps(probe.host, chosen !== undefined), ...probe.more];
  return {
    ...{ side: probe.side, target, steps },
    ...(chosen === undefined ? {} : { proxy: `${bracketed(chosen.host)}:${chosen.port}` }),
    async go(book, { clock, stepLimit = STEP_LIMIT }) {
      const way = { ca: probe.ca, proxy: chosen };
      const answer = await goHttps(way, probe.request, book, { clock, limit: stepLimit });
      const status = { status: answer.status };
      probe.judge(answer, () => book.pass(book.current === "answer" ? status : {}));
    },
  };
}

/** CoAP knows no proxies; its code is loaded where it is needed. */
function coapsWay(place: CoapsPlace): Way {
  return {
    ...{ side: "device", target: `${bracketed(place.host)}:${place.port}`, steps: httpsSteps(place.host, false) },
    async go(book, { clock, stepLimit = STEP_LIMIT }) {
      const { goCoaps } = await import("./coaps-way.ts");
      await goCoaps(place, book, { clock, limit: stepLimit });
    },
  };
}

/** A way that ends before it begins. */
function failedWay(
  side: ServiceSide,
  target: string,
  first: TestStepName,
  error: StationError,
  rest: readonly TestStepName[] = [],
): Way {
  return { side, target: target.slice(0, 300), steps: [first, ...rest], go: () => Promise.reject(error) };
}

async function goWay(way: Way, onChange: (steps: readonly TestStep[]) => void, parts: ServiceTestParts): Promise<void> {
  const { clock, signal, stepLimit: limit = STEP_LIMIT } = parts;
  const book = new StepBook(way.steps, { clock, limit, signal, onChange });
  try {
    await way.go(book, parts);
  } catch (error) {
    book.fail(error);
  }
}

function headOf({ side, target, proxy }: Way): Omit<TestedSide, "steps"> {
  return proxy === undefined ? { side, target } : { side, target, proxy };
}

function waitingSide(way: Way): TestedSide {
  return { ...headOf(way), steps: way.steps.map((step) => ({ step, state: "waiting" })) };
}

function tried<T>(work: () => T): T | StationError {
  try {
    return work();
  } catch (error) {
    if (error instanceof StationError) return error;
    throw error;
  }
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
