import type { LineMessage } from "../../src/contract/line-message.ts";
import type { StreamMessage } from "../../src/collect/decode.ts";
import { eventSubject } from "../../src/line/names.ts";
import { batchStart, wholeRun } from "../audit/samples.ts";
import { TempAudit } from "../audit/temp-audit.ts";

/** What one station recorded, as messages of its subject: identity first. */
export async function recordedChain(batches = 2, slots = 2): Promise<readonly LineMessage[]> {
  const audit = await TempAudit.make();
  try {
    const { store } = await audit.open();
    for (let count = 1; count <= batches; count++) {
      const first = 1 + (count - 1) * slots;
      const start = batchStart(count, { first, slots });
      await store.startBatch(start);
      for (let run = first; run < first + slots; run++)
        for (const event of wholeRun(run, run % 5 === 0 ? "FAIL" : "PASS", run % 5 === 0 ? "at.timeout" : undefined))
          await store.append(event);
      await store.finishBatch(start.batch, start.at, 1);
    }
    await store.close();
    return chainOf(audit);
  } finally {
    await audit.dispose();
  }
}

/** The chain of an audit database as messages. */
export function chainOf(audit: TempAudit): readonly LineMessage[] {
  const [station] = audit.rows("SELECT id, created_at, public_key FROM station");
  const id = String(station?.["id"]);
  const identity: LineMessage = {
    ...({ schema: 1, station: id, position: 0, type: "station.identity" } as const),
    ...{ createdAt: String(station?.["created_at"]), publicKey: String(station?.["public_key"]) },
  };
  const events = audit
    .rows("SELECT position, run, seq, type, at, body, previous, hash FROM event ORDER BY position")
    .map((row) => ({ schema: 1, station: id, ...row }) as unknown as LineMessage);
  return [identity, ...events];
}

/** Messages as the stream gives them, numbered from `first` on. */
export function inStream(messages: readonly LineMessage[], first = 1, name = "a1"): readonly StreamMessage[] {
  return messages.map((message, index) => ({
    ...{ streamSeq: first + index, subject: eventSubject(message.station), name },
    data: new TextEncoder().encode(JSON.stringify(message)),
  }));
}
