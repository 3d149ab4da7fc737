import type { DesktopNews } from "../../src/contract/desktop-news.ts";
import { DEFAULT_SETTINGS, type DesktopSettings } from "../../src/contract/desktop-settings.ts";
import type { DesktopSnapshot } from "../../src/contract/desktop-snapshot.ts";
import { REQUESTS, type DesktopApi, type RequestKind } from "../../src/contract/desktop.ts";
import { reduceSlot, type SlotState } from "../../src/contract/slot-state.ts";
import type { BatchSummary } from "../../src/contract/station-request.ts";
import { reportOf } from "../../src/core/error.ts";
import type { BatchId, SlotId } from "../../src/core/ids.ts";
import { plainAnswer, RECORDED, SHA256, SHIFT_COUNTS } from "./fake-answers.ts";
import { FakePorts } from "./fake-ports.ts";
import { FakeOperators } from "./fake-operators.ts";
import { fakeRun, stoppedEvent } from "./fake-run.ts";
import { FakeService } from "./fake-service.ts";
import { FakeHistory } from "./fake-history.ts";
import { FakeLibrary } from "./fake-library.ts";
import { fakeRunId, type Scene } from "./scenes.ts";

const STEP = 220;

type Run = { readonly batch: BatchId; readonly slot: SlotId; readonly run: ReturnType<typeof fakeRun>; step: number };

/** A station without Electron, boards or a service: plays a scene, and invented runs when it is told to start. */
export class FakeStation implements DesktopApi {
  readonly #scene: Scene;
  readonly #slots = new Map<SlotId, SlotState>();
  readonly #batches = new Map<BatchId, { readonly startedAt: number; readonly slots: readonly SlotId[] }>();
  readonly #listeners = new Set<(message: unknown) => void>();
  readonly #portListeners = new Set<(message: unknown) => void>();
  readonly #ports: FakePorts;
  readonly #history = new FakeHistory(RECORDED, Date.now(), []);
  readonly #library = new FakeLibrary(() => this.#tell([{ kind: "configured" }]));
  readonly #testListeners = new Set<(message: unknown) => void>();
  readonly #service = new FakeService((news) => {
    for (const listener of this.#testListeners) listener(news);
  });
  #runs: Run[] = [];
  #news = 0;
  #settings: DesktopSettings;
  #lastBatch: BatchSummary | undefined;
  readonly #operators: FakeOperators;

  /** `as`: who is signed in; absent: nobody is on the list of operators. */
  constructor(scene: Scene, settings: Partial<DesktopSettings>, as?: "engineer" | "operator" | "nobody") {
    this.#operators = new FakeOperators(as, (session) => this.#tell([{ kind: "session", session }]));
    this.#scene = scene;
    this.#ports = new FakePorts(scene.absent ?? [], {
      ports: (telling) => this.#portListeners.forEach((listener) => listener(telling)),
      insertions: (insertions) => this.#tell([{ kind: "insertions", insertions }]),
    });
    this.#settings = { ...DEFAULT_SETTINGS, operator: "Operator 07", ...settings };
    for (const state of scene.slots(Date.now())) this.#slots.set(state.slot, state);
    this.#adoptBatch();
  }

  /** Lets the invented runs go on by one event each every `STEP` ms. */
  play(): void {
    setInterval(() => this.#advance(), STEP);
  }

  async request(kind: RequestKind, asks: unknown): Promise<unknown> {
    await Promise.resolve();
    try {
      return { ok: true, answer: await this.#answer(kind, REQUESTS[kind].asks.parse(asks)) };
    } catch (error) {
      return { ok: false, error: reportOf(error) };
    }
  }

  subscribe(channel: string, listener: (message: unknown) => void): () => void {
    const listeners =
      channel === "news" ? this.#listeners : channel === "ports" ? this.#portListeners : this.#testListeners;
    if (channel !== "progress") listeners.add(listener);
    return () => listeners.delete(listener);
  }

  #answer(kind: RequestKind, value: unknown): unknown {
    // The schema of this kind has just taken it.
    const asks = value as never;
    switch (kind) {
      case "snapshot":
        return this.#snapshot();
      case "start":
        return this.#start(asks);
      case "abort":
        return this.#abort(asks);
      case "settings.write":
        return this.#set(asks);
      case "settings.read":
        return this.#settings;
      case "shift.schedule":
        return this.#set({ shiftStarts: (asks as { starts: string[] }).starts });
      case "fixture.write": {
        const { fixture, ...rest } = asks as { fixture: object };
        return this.#library.answer("library.save", { ...rest, kind: "fixture", text: "", content: fixture });
      }
      case "service.write": {
        const { profile, fields } = asks as { profile: string; fields: object };
        const text = { kind: "profile", id: profile, replace: true, text: "", content: fields };
        return this.#library.answer("library.save", text);
      }
      default:
        return this.#partAnswer(kind, asks);
    }
  }

  /** Answers of the parts of the station that have a fake of their own. */
  #partAnswer(kind: RequestKind, asks: never): unknown {
    const [part] = kind.split(".");
    // The prefix names the part; each of them knows its own requests.
    if (part === "ports" || part === "insertion") return this.#ports.answer(kind as never, asks);
    if (part === "service") return this.#service.answer(kind, asks);
    if (part === "session" || part === "operators") return this.#operators.answer(kind as never, asks);
    if (part === "library" || part === "configuration") return this.#library.answer(kind, asks);
    return plainAnswer(kind, asks, this.#history);
  }

  #set(some: Partial<DesktopSettings>): DesktopSettings {
    this.#settings = { ...this.#settings, ...some };
    return this.#settings;
  }

  #snapshot(): DesktopSnapshot {
    const { rows, columns, training, pattern } = this.#scene;
    const port = (index: number): string =>
      training ? `tcp://127.0.0.1:${5001 + index}` : `usb:1-1.${index + 1} interface 0`;
    return {
      insertions: this.#ports.insertions,
      ...{ news: this.#news, at: new Date().toISOString(), settings: this.#settings, session: this.#operators.session },
      station: { id: "line-2", version: "0.1.0", training },
      recipe: {
        ...{ name: "Meter LTE-M EU 14", product: "Meter LTE-M EU", revision: "14", sha256: SHA256 },
        ...(pattern === undefined ? {} : { boardSerial: { pattern, required: true } }),
      },
      fixture: {
        ...{ name: "Tray FX-03", rows, columns },
        slots: [...this.#slots.keys()].map((slot, index) => {
          return { slot, row: Math.floor(index / columns) + 1, column: (index % columns) + 1, port: port(index) };
        }),
      },
      profile: training
        ? { name: "embedded", service: "embedded", transport: "https" }
        : { name: "nrf-cloud", service: "nrf-cloud", transport: "https" },
      batches: [...this.#batches].map(([batch, { startedAt, slots }]) => {
        return { batch, startedAt: new Date(startedAt).toISOString(), slots: [...slots] };
      }),
      ...(this.#lastBatch === undefined ? {} : { lastBatch: this.#lastBatch }),
      slots: [...this.#slots.values()],
      shift: { since: new Date(new Date().setHours(6, 0, 0, 0)).toISOString(), counts: SHIFT_COUNTS },
    };
  }

  /** The batch that the scene's runs belong to: going on, or finished. */
  #adoptBatch(): void {
    const states = [...this.#slots.values()].filter((state) => state.kind !== "idle");
    if (states.length === 0) return;
    const startedAt = Date.now() - 252_000;
    const batch = fakeRunId(0x4f09a2, startedAt) as string as BatchId;
    const slots = states.map(({ slot }) => slot);
    if (states.some((state) => state.kind === "running")) this.#batches.set(batch, { startedAt, slots });
    else this.#lastBatch = this.#summary(batch, 252, slots);
  }

  #summary(batch: BatchId, seconds: number, slots: readonly SlotId[]): BatchSummary {
    const outcomes = slots.map((slot) => {
      const state = this.#slots.get(slot);
      return state?.kind === "finished" ? state.outcome : undefined;
    });
    const count = (outcome: string): number => outcomes.filter((known) => known === outcome).length;
    const ends = { pass: count("PASS"), fail: count("FAIL"), error: count("ERROR"), aborted: count("ABORTED") };
    return { batch, units: slots.length, ...ends, seconds };
  }

  #start({ slots, serials }: { slots?: SlotId[]; serials: Record<string, string> }) {
    const chosen = slots ?? [...this.#slots.keys()];
    const startedAt = Date.now();
    const batch = fakeRunId(Math.floor(Math.random() * 0xffffff), startedAt) as string as BatchId;
    this.#batches.set(batch, { startedAt, slots: chosen });
    this.#tell([{ kind: "batch.started", batch, startedAt: new Date(startedAt).toISOString(), slots: chosen }]);
    for (const slot of chosen) {
      const index = Number(slot) - 1;
      const dice = Math.random();
      const code = dice < 0.06 ? "link.lost" : dice < 0.12 ? "run.credential-missing" : undefined;
      this.#runs.push({ batch, slot, run: fakeRun(slot, index, serials[slot], code), step: -(index % 5) });
    }
    return { batch, slots: chosen };
  }

  #abort({ slot }: { slot: SlotId | "all" }): null {
    const [batch] = this.#batches.keys();
    for (const state of this.#slots.values()) {
      if (batch === undefined || state.kind !== "running" || (slot !== "all" && state.slot !== slot)) continue;
      const event = stoppedEvent(state, new Date());
      const after = reduceSlot(state, event);
      this.#slots.set(state.slot, after);
      this.#tell([{ kind: "run", batch, event, state: after }]);
    }
    const ended = [...this.#batches.keys()];
    this.#runs = [];
    for (const batch of ended) this.#endBatch(batch);
    return null;
  }

  #advance(): void {
    for (const run of this.#runs) {
      if (run.step >= 0) {
        const event = run.run.at(run.step);
        const state = reduceSlot(this.#slots.get(run.slot) ?? { kind: "idle", slot: run.slot }, event);
        this.#slots.set(run.slot, state);
        this.#tell([{ kind: "run", batch: run.batch, event, state }]);
      }
      run.step++;
    }
    this.#runs = this.#runs.filter((run) => run.step < run.run.length);
    for (const batch of [...this.#batches.keys()])
      if (!this.#runs.some((run) => run.batch === batch) && this.#started(batch)) this.#endBatch(batch);
  }

  #started(batch: BatchId): boolean {
    const slots = this.#batches.get(batch)?.slots ?? [];
    return slots.every((slot) => this.#slots.get(slot)?.kind === "finished");
  }

  #endBatch(batch: BatchId): void {
    const known = this.#batches.get(batch);
    if (known === undefined) return;
    this.#batches.delete(batch);
    this.#lastBatch = this.#summary(batch, (Date.now() - known.startedAt) / 1000, known.slots);
    this.#tell([{ kind: "batch.finished", summary: this.#lastBatch }]);
  }

  #tell(news: readonly DesktopNews[]): void {
    const bundle = news.map((item) => ({ number: ++this.#news, news: item }));
    for (const listener of this.#listeners) listener(bundle);
  }
}
