import { createHash } from "node:crypto";
import { Station } from "../../../src/station/station.ts";
import { BORN, type TrainingNumbers } from "../../../src/contract/desktop-configuration.ts";
import type { DocumentKind } from "../../../src/contract/desktop-library.ts";
import type { Transport } from "../../../src/contract/profile.ts";
import { RecipeSchema } from "../../../src/contract/recipe.ts";
import { StartRequestSchema, type StartRequest } from "../../../src/contract/station-request.ts";
import { VirtualClock } from "../../../src/core/virtual-clock.ts";
import { Secret } from "../../../src/core/secret.ts";
import type { Duration } from "../../../src/core/duration.ts";
import { resolveRecipe } from "../../../src/station/files/recipe-file.ts";
import type { LineChoice } from "../../../main/line/line-choice.ts";
import type { LineDocuments } from "../../../main/line/line-documents.ts";
import type { LineParts } from "../../../main/line/station-line.ts";
import { FakeWorkerHost, type WorkerScript } from "../../fakes/fake-worker-host.ts";
import { MemoryAuditStore } from "../../fakes/memory-audit-store.ts";
import { passing, stationFiles } from "../../station/station-rig.ts";

/** The choice of a station that nobody has touched, with changes. */
export function choiceOf(
  documents: Partial<Record<DocumentKind, string>> = {},
  training: TrainingNumbers = { modems: 2, latency: "none" },
): LineChoice {
  const { recipe, fixture, profile } = { ...BORN, ...documents };
  return { recipe: { id: recipe }, fixture: { id: fixture }, profile: { id: profile }, training };
}

/** Parts of a line without Electron or files: documents are named after what they are, `broken` ones cannot be used. */
export class LineRig {
  readonly clock = new VirtualClock();
  readonly store = new MemoryAuditStore();
  readonly host: FakeWorkerHost;
  /** What was started, stopped and opened, in order. */
  readonly told: string[] = [];
  /** Helpers whose process has ended. */
  readonly over = { tray: false, service: false };
  /** The next of these fails with its error. */
  readonly failing: Record<"service" | "coaps" | "tray" | "station", Error | undefined> = {
    ...{ service: undefined, coaps: undefined, tray: undefined, station: undefined },
  };
  readonly parts: LineParts;

  constructor(script: WorkerScript = passing) {
    this.host = new FakeWorkerHost(script);
    this.parts = {
      load: (choice) => this.#load(choice),
      startTray: (numbers) => this.#startTray(numbers),
      startService: () => this.#startService(),
      credentials: () => Promise.resolve({ ownerKey: new Secret("key of the cloud") }),
      openStation: (files, credentials, shown) => {
        this.#fail("station");
        this.told.push(`open ${files.recipe.recipe.revision} on ${files.fixture.name} with ${files.profile.name}`);
        const bytes = { count: 0 };
        const { store, host, clock } = this;
        return Station.open({
          ...{ files, credentials, store, host, clock, shown },
          random: (count) =>
            createHash("sha512").update(`${this.told.length} ${bytes.count++}`).digest().subarray(0, count),
        });
      },
      faults: ["1=mute"],
    };
  }

  request(more: Partial<Record<keyof StartRequest, unknown>> = {}): StartRequest {
    return StartRequestSchema.parse(more);
  }

  async advance(duration: number): Promise<void> {
    await this.clock.advance(duration as Duration);
  }

  async #load(choice: LineChoice): Promise<LineDocuments> {
    await Promise.resolve();
    const name = (kind: DocumentKind): string => ("id" in choice[kind] ? choice[kind].id : choice[kind].file);
    for (const kind of ["recipe", "fixture", "profile"] as const)
      if (name(kind).startsWith("broken")) throw new Error(`${name(kind)} cannot be read`);
    const files = stationFiles(3);
    const recipe = RecipeSchema.parse({ ...files.recipe.recipe, revision: name("recipe") });
    return {
      recipe: resolveRecipe(recipe, { files: new Map(), secrets: new Map() }),
      ...(name("fixture") === BORN.fixture ? {} : { fixture: { ...files.fixture, name: name("fixture") } }),
      ...(name("profile") === BORN.profile
        ? {}
        : { profile: { ...files.profile, name: name("profile"), service: "nrf-cloud" } }),
    };
  }

  async #startTray({ modems }: TrainingNumbers) {
    await Promise.resolve();
    this.#fail("tray");
    this.told.push(`start tray of ${modems}`);
    return {
      fixture: { ...stationFiles(modems).fixture, name: "Training tray" },
      over: () => this.over.tray,
      renew: async () => void this.told.push("renew"),
      stop: async () => void this.told.push(`stop tray of ${modems}`),
    };
  }

  async #startService() {
    await Promise.resolve();
    this.#fail("service");
    this.told.push("start service");
    const { profile } = stationFiles(1);
    return {
      profileOver: async (transport: Transport) => {
        if (transport === "coaps") {
          this.told.push("offer CoAP");
          this.#fail("coaps");
        }
        return { ...profile, transport };
      },
      ownerKey: new Secret("key of the training"),
      over: () => this.over.service,
      stop: async () => void this.told.push("stop service"),
    };
  }

  #fail(what: keyof LineRig["failing"]): void {
    const error = this.failing[what];
    this.failing[what] = undefined;
    if (error !== undefined) throw error;
  }
}
