import { codeEntry } from "../../../src/core/error-codes.ts";
import type { Cell } from "./cell.ts";

const HEAD = `# What goes wrong on a line, and how the run ends

Each row is a fault, the phase in which it strikes, and how the run of the unit must end. Every row also holds that the audit
database verifies, that no secret is in the record or in what the station tells, and that the same unit passes in its next run
once the fault is mended. Modem: \`restored\` is as it was found, \`untouched\` was never spoken to, \`unreachable\` could not be
asked any more. This page is written by \`vitest run test/faults/fault-matrix.spec.ts -u\` from \`test/faults/table\`;
\`npm test\` carries out a part of the table that holds every fault and every phase, \`npm run test:long\` all of it.

What one learns from it:

- A pulled cable, a hub that resets and a silent modem end one run and leave the others alone. A line that comes back within some
  seconds is opened again to release the modem.
- A clock that is set back while a unit is provisioned leaves the modem with the wrong time, and the service refuses its tokens: correct the
  clock and power-cycle the board.
`;

/** The table as docs/faults.md shows it. */
export function faultDocument(table: readonly Cell[]): string {
  const rows = table.map(({ fault, when = "", phase, way, end }) => {
    const { outcome, code, release } = end;
    const sentence = code === null ? "" : codeEntry(code).advice;
    const cells = [
      `${fault}${when}`,
      phase,
      way === "any" ? "" : way,
      outcome,
      code === null ? "" : `\`${code}\``,
      release,
    ];
    return `| ${[...cells, sentence].join(" | ")} |`;
  });
  const head = "| fault | phase | transport | outcome | code | modem | what the operator reads |";
  return [HEAD, head, "| --- | --- | --- | --- | --- | --- | --- |", ...rows, ""].join("\n");
}
