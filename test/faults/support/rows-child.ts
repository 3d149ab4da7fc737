import { randomBytes } from "node:crypto";
import { openAuditStore } from "../../../src/audit/open-audit-store.ts";
import { realClock } from "../../../src/core/real-clock.ts";
import { ValueTable } from "../../../src/station/files/value-table.ts";
import { ValueBook } from "../../../src/station/value-book.ts";
import { batchStart, event, identified, uuidOf } from "../../audit/samples.ts";

// A station that gives rows to units until it is killed: prints unit and row once the store has acknowledged them.
const [, , file = "", round = "1", first = "1"] = process.argv;
const SLOTS = 32;
const ROWS = 4000;
const columns = ["serial"];
const rows = Array.from({ length: ROWS }, (_, index) => [`A${index + 1}`]);
const facts = { sha256: "0".repeat(64), length: 1, rows: ROWS, columns, column: "serial" };
const table = new ValueTable({ source: "Board:values.csv", key: "next", file: facts, ignore: [], rows });
const { store } = await openAuditStore({ file, clock: realClock, random: randomBytes, program: "rows-child" });
const book = new ValueBook(table, table.source, store);
process.stdout.write("open\n");
for (let batch = 0; batch < 50; batch++) {
  const number = Number(round) * 100 + batch;
  const begin = number * SLOTS;
  await store.startBatch(batchStart(number, { first: begin, slots: SLOTS }));
  await Promise.all(
    Array.from({ length: SLOTS }, async (_, slot) => {
      // The first units are those that the round before may have been killed over.
      const unit = Number(first) + batch * SLOTS + slot;
      const grant = book.take({ uuid: uuidOf(unit), imei: "352656100367872" as never });
      await store.append(event(begin + slot, 1, identified(unit), String(slot + 1)), grant.use);
      process.stdout.write(`${unit} ${grant.use.row}\n`);
    }),
  );
}
process.stdout.write("done\n");
await store.close();
