import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seconds } from "../../../src/core/duration.ts";
import { realClock } from "../../../src/core/real-clock.ts";
import { Secret } from "../../../src/core/secret.ts";
import { connectLine } from "../../../src/line/connect-line.ts";
import type { DocumentBucket } from "../../../src/line/documents/document-bucket.ts";
import { fetchDocuments } from "../../../src/line/documents/fetch-documents.ts";
import { openDocumentBucket } from "../../../src/line/documents/line-bucket.ts";
import { publishDocument, withdrawDocument } from "../../../src/line/documents/publish.ts";
import { setUpLine } from "../../../src/line/set-up.ts";
import { draftDocument } from "../../../src/station/published/draft-document.ts";
import { NatsAccounts } from "../../fakes/line/nats-accounts.ts";
import { NatsServer } from "../../fakes/line/nats-server.ts";
import { PublishedRig } from "../../fakes/line/published-rig.ts";
import { lineSettings, tlsFiles } from "../../fakes/line/test-line.ts";

const TRAINING = join(import.meta.dirname, "../../../resources/recipes/training/recipe.yaml");
const clock = realClock;
const limit = seconds(1);

/** What docs/line-documents.md gives a station. */
const READING = [
  "$JS.API.STREAM.INFO.KV_STATION_DOCUMENTS",
  "$JS.API.STREAM.MSG.GET.KV_STATION_DOCUMENTS",
  "$JS.API.DIRECT.GET.KV_STATION_DOCUMENTS.>",
  "$JS.API.CONSUMER.CREATE.KV_STATION_DOCUMENTS.>",
  "$JS.API.CONSUMER.DELETE.KV_STATION_DOCUMENTS.>",
  "$JS.FC.KV_STATION_DOCUMENTS.>",
];

let rig: PublishedRig;
let server: NatsServer;
const tls = tlsFiles();
const accounts = new NatsAccounts();
beforeAll(async () => {
  [rig, server] = await Promise.all([
    PublishedRig.make(),
    NatsServer.start({ config: `${tls.config}\n${accounts.config}` }),
  ]);
});
afterAll(async () => {
  await server.stop();
  await rig.remove();
  tls.remove();
});

async function as<T>(credentials: string, work: (bucket: () => Promise<DocumentBucket>) => Promise<T>): Promise<T> {
  const secret = new Secret(credentials);
  const line = connectLine(lineSettings([`tls://localhost:${server.port}`], { ca: tls.ca, credentials: secret }), {
    clock,
  });
  try {
    const session = await line.reach(seconds(5));
    await setUpLine(session, { replicas: 1, lease: seconds(30) }).catch(() => undefined);
    return await work(() => openDocumentBucket(session, { clock, limit }));
  } finally {
    await line.close();
  }
}

describe("the rights of a station", () => {
  it("are enough to fetch, and not to publish or withdraw", async () => {
    const draft = await draftDocument(TRAINING, { environment: {} });
    const document = await as(accounts.credentials("engineer"), async (bucket) =>
      publishDocument(draft, rig.key, await bucket(), clock),
    );
    const station = accounts.credentials("a1", { publish: READING, subscribe: ["_INBOX.>"] });
    await as(station, async (open) => {
      const bucket = await open();
      const { fetched } = await fetchDocuments(bucket, rig.trust, rig.shelf);
      expect(fetched.map(({ statement }) => statement)).toEqual([document]);
      expect(await bucket.revision()).toBeGreaterThan(0);
      await expect(publishDocument(draft, rig.key, bucket, clock)).rejects.toMatchObject({ code: "line.refused" });
      await expect(
        withdrawDocument({ sha256: document.sha256, reason: "x" }, rig.key, bucket, clock),
      ).rejects.toMatchObject({ code: "line.refused" });
    });
  });
});
