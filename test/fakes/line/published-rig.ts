import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Publication, Withdrawal } from "../../../src/contract/line-publication.ts";
import { VirtualClock } from "../../../src/core/virtual-clock.ts";
import { fetchDocuments, type Fetched } from "../../../src/line/documents/fetch-documents.ts";
import { publishDocument, withdrawDocument } from "../../../src/line/documents/publish.ts";
import { makePublisherKey, type PublisherKey } from "../../../src/line/documents/publisher-key.ts";
import { PublisherTrust } from "../../../src/line/documents/publisher-trust.ts";
import { draftDocument, type DraftOptions } from "../../../src/station/published/draft-document.ts";
import { PublishedShelf } from "../../../src/station/published/published-shelf.ts";
import { MemoryBucket } from "./memory-bucket.ts";

/** An engineer, a line without servers, and a station that trusts the engineer, in a folder of their own. */
export class PublishedRig {
  readonly folder: string;
  readonly key: PublisherKey;
  readonly trust: PublisherTrust;
  readonly bucket = new MemoryBucket();
  readonly clock = new VirtualClock();
  readonly shelf: PublishedShelf;

  private constructor(folder: string, key: PublisherKey, trust: PublisherTrust) {
    this.folder = folder;
    this.key = key;
    this.trust = trust;
    this.shelf = new PublishedShelf(join(folder, "copies"), (jws) => trust.verify(jws));
  }

  static async make(): Promise<PublishedRig> {
    const folder = await mkdtemp(join(tmpdir(), "station-published-"));
    const key = await makePublisherKey(join(folder, "engineer.pem"));
    return new PublishedRig(folder, key, await PublisherTrust.of([key.publicJwk]));
  }

  remove(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true });
  }

  /** A key of somebody else. */
  stranger(name = "stranger"): Promise<PublisherKey> {
    return makePublisherKey(join(this.folder, `${name}.pem`));
  }

  async publish(file: string, options: Partial<DraftOptions> = {}, key = this.key): Promise<Publication> {
    const draft = await draftDocument(file, { environment: {}, ...options });
    return publishDocument(draft, key, this.bucket, this.clock);
  }

  withdraw(sha256: string, key = this.key): Promise<Withdrawal> {
    return withdrawDocument({ sha256, reason: "wrong key" }, key, this.bucket, this.clock);
  }

  fetch(): Promise<Fetched> {
    return fetchDocuments(this.bucket, this.trust, this.shelf);
  }
}
