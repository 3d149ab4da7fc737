import type { Cell } from "./cell.ts";
import { MODEM_CELLS } from "./modem-cells.ts";
import { SERVICE_CELLS } from "./service-cells.ts";
import { STATION_CELLS } from "./station-cells.ts";

/** Everything that may go wrong on a line, by phase and transport, and how the run must end; docs/faults.md shows it. */
export const FAULT_TABLE: readonly Cell[] = [...MODEM_CELLS, ...SERVICE_CELLS, ...STATION_CELLS];
