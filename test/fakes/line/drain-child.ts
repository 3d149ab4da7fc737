// A station of a line as a process of its own, to be killed: records runs and sends them for as long as it lives.
// Arguments: the audit database, the server's address.
import { randomBytes } from "node:crypto";
import { openAuditStore } from "../../../src/audit/open-audit-store.ts";
import { milliseconds } from "../../../src/core/duration.ts";
import { realClock as clock } from "../../../src/core/real-clock.ts";
import { StationError } from "../../../src/core/error.ts";
import { connectLine } from "../../../src/line/connect-line.ts";
import { Drain } from "../../../src/line/drain/drain.ts";
import { batchId, batchStart, at, event, finished, identified, note } from "../../audit/samples.ts";
import { lineSettings } from "./test-line.ts";

const [, , file = "", server = ""] = process.argv;
const { store } = await openAuditStore({
  file,
  clock,
  random: randomBytes,
  line: "everything",
  commitWindow: milliseconds(1),
});
if (store.outbox === undefined) throw new StationError("station.internal", "there is no outbox");
const drain = new Drain({ line: connectLine(lineSettings([server]), { clock }), source: store.outbox, clock });
drain.subscribe(({ state }) => void process.stdout.write(`${state}\n`));
for (let run = (Date.now() % 1_000_000_000) * 10; ; run++) {
  await store.startBatch(batchStart(run, { first: run }));
  await Promise.all(
    [identified(run % 1000), note("one"), note("two"), finished("PASS")].map((body, index) =>
      store.append(event(run, index + 1, body)),
    ),
  );
  await store.finishBatch(batchId(run), at(9), 1);
}
