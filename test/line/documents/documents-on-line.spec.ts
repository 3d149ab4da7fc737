import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { LineDocumentEvent } from "../../../src/contract/line-document-event.ts";
import { milliseconds, seconds } from "../../../src/core/duration.ts";
import { realClock } from "../../../src/core/real-clock.ts";
import { StationError } from "../../../src/core/error.ts";
import { connectLine, type Line } from "../../../src/line/connect-line.ts";
import type { DocumentBucket } from "../../../src/line/documents/document-bucket.ts";
import { syncDocuments, DocumentSync, type SyncParts } from "../../../src/line/documents/document-sync.ts";
import { readCatalogue } from "../../../src/line/documents/fetch-documents.ts";
import { freshenCopies } from "../../../src/line/documents/fresh-copies.ts";
import { openDocumentBucket } from "../../../src/line/documents/line-bucket.ts";
import { publishDocument, withdrawDocument } from "../../../src/line/documents/publish.ts";
import { setUpLine } from "../../../src/line/set-up.ts";
import { draftDocument } from "../../../src/station/published/draft-document.ts";
import { NatsServer } from "../../fakes/line/nats-server.ts";
import { PublishedRig } from "../../fakes/line/published-rig.ts";
import { lineSettings } from "../../fakes/line/test-line.ts";

const clock = realClock;
const RECIPES = join(import.meta.dirname, "../../../resources/recipes");
const LIMIT = seconds(2);

let server: NatsServer;
let line: Line;
let rig: PublishedRig;
let bucket: DocumentBucket;
const events: LineDocumentEvent[] = [];
beforeAll(async () => {
  server = await NatsServer.start();
  line = connectLine(lineSettings([server.url]), { clock });
  await setUpLine(await line.reach(LIMIT), { replicas: 1, lease: seconds(30) });
});
afterAll(async () => {
  await line.close();
  await server.stop();
});
beforeEach(async () => {
  rig = await PublishedRig.make();
  events.length = 0;
  bucket = await openDocumentBucket(await line.reach(LIMIT), { clock, limit: LIMIT });
});
afterEach(() => rig.remove());

const publish = async (name: string) => {
  const draft = await draftDocument(join(RECIPES, name, "recipe.yaml"), { environment: {} });
  return publishDocument(draft, rig.key, bucket, clock);
};
const parts = (more: Partial<SyncParts> = {}): SyncParts => ({
  ...{ line, trust: rig.trust, keeper: rig.shelf, clock },
  record: async (event) => void events.push(event),
  ...more,
});
const sync = () => syncDocuments(parts(), LIMIT);

describe("documents on a real line", () => {
  it("travel from an engineer to a station, and are told to the chain", async () => {
    const document = await publish("training");
    const { fetched } = await sync();
    expect(fetched.map(({ statement }) => statement)).toEqual([document]);
    for (const copy of await rig.shelf.copies()) await rig.shelf.requireSound(copy);
    const { kind, name, revision, sha256 } = document;
    expect(events).toMatchObject([
      { type: "line.document-fetched", kind, name, revision, sha256, publisher: rig.key.thumbprint },
    ]);
    expect((await sync()).fetched).toEqual([]);
    expect(events).toHaveLength(1);
  });

  it("are withdrawn for every station, once told", async () => {
    const { sha256 } = await publish("training");
    await sync();
    await withdrawDocument({ sha256, reason: "wrong CA" }, rig.key, bucket, clock);
    await sync();
    await sync();
    expect(events.map(({ type }) => type)).toEqual(["line.document-fetched", "line.document-withdrawn"]);
    expect((await rig.shelf.copies())[0]?.withdrawn).toEqual({ reason: "wrong CA" });
  });

  it("are listed whole, a hundred and more of them, beside those of other publishers", async () => {
    const draft = await draftDocument(join(RECIPES, "training/recipe.yaml"), { environment: {} });
    for (let number = 0; number < 120; number++)
      await publishDocument(
        { ...draft, revision: String(number), files: [...draft.files, fileOf(number)] },
        rig.key,
        bucket,
        clock,
      );
    const { publications, refused } = await readCatalogue(bucket, rig.trust);
    expect(publications).toHaveLength(120);
    expect(refused.every(({ error }) => error.code === "line.document-signature")).toBe(true);
  });

  it("reach a station that keeps up within seconds, again after the server was killed", async () => {
    const seen: string[] = [];
    const waiting = new Set<() => void>();
    const keeping = DocumentSync.start(
      parts({
        // The pause between two looks costs nothing here.
        clock: {
          ...clock,
          now: () => clock.now(),
          monotonic: () => clock.monotonic(),
          after: (delay, action) => clock.after(Math.min(delay, 50) as typeof delay, action),
        },
        line: { reach: (limit, signal) => line.reach(limit, signal), session: line.session, requestLimit: LIMIT },
        onFetched: ({ fetched, withdrawn }) => {
          seen.push(
            ...fetched.map(({ statement }) => statement.name),
            ...withdrawn.map(({ statement }) => statement.reason),
          );
          for (const look of waiting) look();
        },
      }),
    );
    const until = (count: number): Promise<void> =>
      new Promise((resolve) => {
        const look = (): void => {
          if (seen.length >= count) resolve();
        };
        waiting.add(look);
        look();
      });
    const { sha256 } = await publish("training");
    await until(1);
    await server.restart();
    bucket = await openDocumentBucket(await line.reach(seconds(10)), { clock, limit: LIMIT });
    await withdrawDocument({ sha256, reason: "old" }, rig.key, bucket, clock);
    await publish("settings-and-at");
    await until(3);
    await keeping.stop();
    expect(seen.toSorted()).toEqual(["Configured board", "Training board", "old"].toSorted());
  });
});

describe("a line that does not answer", () => {
  it("keeps nobody waiting longer than one request's limit, and leaves the copies in force", async () => {
    await publish("training");
    await sync();
    const short = {
      ...parts(),
      line: { reach: line.reach.bind(line), session: line.session, requestLimit: seconds(0.3) },
    };
    server.pause();
    try {
      const since = clock.monotonic();
      const answer = await freshenCopies(short);
      expect(answer instanceof StationError && answer.code).toBe("line.away");
      expect(clock.monotonic() - since).toBeLessThan(1500);
    } finally {
      server.resume();
    }
    for (const copy of await rig.shelf.copies()) await rig.shelf.requireSound(copy);
  });

  it("is not asked where nobody is trusted", async () => {
    const { PublisherTrust } = await import("../../../src/line/documents/publisher-trust.ts");
    const nobody = await PublisherTrust.of([]);
    expect(await freshenCopies({ ...parts(), trust: nobody })).toEqual({ fetched: [], withdrawn: [], refused: [] });
  });

  it("is told apart from one that was not set up", async () => {
    const bare = await NatsServer.start();
    const other = connectLine(lineSettings([bare.url]), { clock });
    try {
      await expect(syncDocuments({ ...parts(), line: other }, LIMIT)).rejects.toMatchObject({
        code: "line.not-set-up",
      });
    } finally {
      await other.close();
      await bare.stop();
    }
  });

  it("that cannot be kept are told as a problem until they can", async () => {
    await publish("training");
    const problems: (string | undefined)[] = [];
    const refused = new StationError("file.unreadable", "the folder cannot be used");
    const kept = new Promise<void>((resolve) => {
      const keeping = DocumentSync.start(
        parts({
          clock: {
            now: () => clock.now(),
            monotonic: () => clock.monotonic(),
            // The pause between two looks: how the last one went is known.
            after: (delay, action) => {
              if (delay !== seconds(15)) return clock.after(delay, action);
              problems.push(keeping.problem?.code);
              if (problems.length > 1) void keeping.stop().then(resolve);
              return clock.after(milliseconds(1), action);
            },
          },
          keeper: {
            has: (verified) => rig.shelf.has(verified),
            hasWithdrawal: (verified) => rig.shelf.hasWithdrawal(verified),
            keepWithdrawal: (verified) => rig.shelf.keepWithdrawal(verified),
            keep: async (document) => {
              if (problems.length === 0) throw refused;
              await rig.shelf.keep(document);
            },
          },
        }),
      );
    });
    await kept;
    expect(problems.slice(0, 2)).toEqual(["file.unreadable", undefined]);
  });
});

function fileOf(number: number) {
  return { path: `note-${number}.txt`, bytes: Buffer.from(String(number)), carried: true };
}
