import { randomBytes } from "node:crypto";
import { openAuditStore } from "../../src/audit/open-audit-store.ts";
import { realClock } from "../../src/core/real-clock.ts";
import { announced, batchStart, event, identified, note } from "./samples.ts";

// A station that writes until it is killed: prints each number when the store has acknowledged it.
const [, , file = "", mode = "append"] = process.argv;
const { store } = await openAuditStore({ file, clock: realClock, random: randomBytes, program: "writer-child" });
process.stdout.write("open\n");
if (mode === "append") {
  await store.startBatch(batchStart(1, { slots: 2 }));
  await store.append(event(1, 1, identified(1)));
  await store.append(event(1, 2, announced(1)));
  for (let seq = 1; ; seq += 8) {
    const appended = Array.from({ length: 8 }, (_, index) =>
      store.append(event(2, seq + index, note(`n${seq + index}`), "2")),
    );
    await Promise.all(appended);
    process.stdout.write(`${seq + 7}\n`);
  }
}
setInterval(() => undefined, 1000);
