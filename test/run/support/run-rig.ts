import { createHash } from "node:crypto";
import { RunEventSchema, type RunEvent } from "../../../src/contract/run-event.ts";
import { ResolvedProfileSchema } from "../../../src/contract/profile.ts";
import type { Proof } from "../../../src/contract/proof.ts";
import type { Question } from "../../../src/contract/question.ts";
import { RecipeSchema, type ResolvedRecipe } from "../../../src/contract/recipe.ts";
import type { Admission } from "../../../src/contract/order.ts";
import { milliseconds, seconds, type Duration } from "../../../src/core/duration.ts";
import type { Sha256 } from "../../../src/core/digest.ts";
import type { RunId, SlotId } from "../../../src/core/ids.ts";
import { VirtualClock } from "../../../src/core/virtual-clock.ts";
import { Journal } from "../../../src/run/journal.ts";
import type { GivenAnswer } from "../../../src/run/ask-core.ts";
import { QueueMark } from "../../../src/run/queue-mark.ts";
import { ProofRun } from "../../../src/run/proof-run.ts";
import type { ModemOpener } from "../../../src/run/modem-opener.ts";
import { UnitRun, type UnitOrder } from "../../../src/run/unit-run.ts";
import { FakeService, type ServiceTwist } from "../../fakes/fake-service.ts";
import { SimulatedOpener, type ModemTwist } from "../../fakes/simulated-opener.ts";

export const sha256: Sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
export const RUN = "01900000-0000-7000-8001-000000000001" as RunId;
export const SLOT = "1" as SlotId;
/** The station that runs the unit. */
export const STATION = "01900000-0000-7000-8001-0000000000aa";
/** What an earlier run of the same station marked its commands with. */
export const EARLIER = new QueueMark(STATION, "01900000-0000-7000-8001-000000000000" as RunId);

const CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";

/** A recipe with its file `ca.pem`; by default a key, a certificate, a setting and the end. */
export function recipe(changes: object = {}, ca = CERTIFICATE): ResolvedRecipe {
  const parsed = RecipeSchema.parse({
    recipe: 1,
    product: "Tracker",
    revision: "3",
    commands: [
      { cloudAccessKeyGeneration: { secTag: 16_842_753 } },
      { serverCertificate: { secTag: 16_842_753, file: "ca.pem" } },
      { config: { "station/site": "Oslo" } },
      "finished",
    ],
    ...changes,
  });
  const bytes = new TextEncoder().encode(ca);
  const files = { "ca.pem": { sha256: sha256(bytes), length: bytes.length, content: ca } };
  return { recipe: parsed, files, secrets: { PSK: "00112233" }, sha256: "0".repeat(64), frozenText: "{}" };
}

export function profile(changes: object = {}) {
  return ResolvedProfileSchema.parse({
    profile: 1,
    name: "Fake",
    service: "embedded",
    https: { host: "localhost", port: 443, ca: "none" },
    ...changes,
  });
}

export type RigOptions = {
  readonly modem?: ModemTwist;
  readonly service?: ServiceTwist;
  readonly order?: Partial<UnitOrder>;
  readonly admission?: (signal: AbortSignal) => Promise<Admission>;
  /** Whether the store confirms an event; default: always. */
  readonly stores?: (event: RunEvent) => boolean;
  readonly onEvent?: (event: RunEvent, rig: RunRig) => void;
  readonly withoutOwner?: boolean;
  /** The board instead of the simulated modem alone. */
  readonly board?: (rig: RunRig) => ModemOpener;
  /** A run that only reads. */
  readonly proof?: Proof;
  /** The core's answers to questions; default: none is expected. */
  readonly ask?: (question: Question) => Promise<GivenAnswer>;
};

/** One run of the real phases on a virtual clock: a simulated modem, a service in memory, a core that confirms and admits. */
export class RunRig {
  readonly clock = new VirtualClock();
  readonly events: RunEvent[] = [];
  readonly settings = new Map<string, string>();
  readonly opener: SimulatedOpener;
  readonly service: FakeService;
  readonly stop = new AbortController();
  readonly #options: RigOptions;

  constructor(options: RigOptions = {}) {
    this.#options = options;
    this.opener = new SimulatedOpener(this.clock, options.modem);
    this.service = new FakeService(options.service);
  }

  /** Runs to the end within `limit` of virtual time. */
  async run(limit: Duration = seconds(1200)): Promise<Extract<RunEvent, { type: "run.finished" }>> {
    const { proof } = this.#options;
    const parts = this.#parts();
    const run = proof === undefined ? new UnitRun(parts) : new ProofRun({ ...parts, proof });
    const done = { outcome: undefined as string | undefined };
    void run.execute().then((outcome) => (done.outcome = outcome));
    const end = this.clock.monotonic() + limit;
    await this.clock.advance(milliseconds(0));
    while (done.outcome === undefined && this.clock.monotonic() < end) {
      // Digests and tokens are made outside the virtual clock: give the event loop its turn as well.
      await new Promise((resolve) => setImmediate(resolve));
      await this.clock.advance(this.clock.untilNext() ?? milliseconds(1));
    }
    const last = this.events.at(-1);
    if (last?.type !== "run.finished")
      throw new TypeError(`the run did not end: ${JSON.stringify(this.events.slice(-3))}`);
    return last;
  }

  #parts(): ConstructorParameters<typeof UnitRun>[0] {
    const { order, admission, withoutOwner, ask } = this.#options;
    const { clock, opener, service, stop } = this;
    const journal: Journal = new Journal({
      ...{ runId: RUN, slot: SLOT, clock, storeLimit: seconds(10) },
      emit: (event) => {
        this.events.push(RunEventSchema.parse(event));
        if (this.#options.stores?.(event) ?? true) void Promise.resolve().then(() => journal.confirm(event.seq));
        this.#options.onEvent?.(event, this);
      },
    });
    return {
      order: {
        station: STATION,
        settings: { sink: "none" },
        release: "restore",
        recipe: recipe(),
        profile: profile(),
        ...order,
      },
      ...{ clock, sha256, journal, http: service.http, stop: stop.signal },
      opener: this.#options.board?.(this) ?? opener,
      ...(withoutOwner === true ? {} : { owner: service }),
      admission: admission ?? (() => Promise.resolve({ kind: "admitted", settings: {} })),
      keepSetting: (key, value) => this.settings.set(key, value),
      ask: (question) => {
        if (ask === undefined) throw new TypeError(`nobody answers ${question.kind} here`);
        return ask(question);
      },
    };
  }

  /** `connect1 passed`, … in order. */
  get phases(): readonly string[] {
    return this.events.flatMap((event) =>
      event.type === "phase.finished" ? [`${event.phase}${event.attempt} ${event.result}`] : [],
    );
  }

  eventsOf<Type extends RunEvent["type"]>(type: Type): readonly Extract<RunEvent, { type: Type }>[] {
    return this.events.filter((event): event is Extract<RunEvent, { type: Type }> => event.type === type);
  }
}
