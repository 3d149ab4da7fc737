import { table } from "../../src/cli/output/table.ts";
import type { Spread } from "./figures.ts";
import { BUDGET, type UiFigures } from "./measure.ts";

/** The figures of one tray as tables for a person. */
export function uiReport(figures: UiFigures): string {
  const { slots, latency, batches, passed, batch_s: seconds, opening_s: opening } = figures;
  const times: readonly (readonly [string, Partial<Spread>])[] = [
    ["tasks of the window, wall", figures.renderer_task_ms],
    ["tasks of the window, processor", figures.renderer_task_cpu_ms],
    ["stalls of main, wall", figures.main_stall_ms],
    ["stalls of main, processor", figures.main_stall_cpu_ms],
    ["delay of main's event loop", figures.main_loop_delay_ms],
  ];
  const memory = ["main", "renderer", "gpu", "worker_mean", "total"] as const;
  return [
    `ui: ${slots} slots, latency ${latency}, ${batches} batches of ${seconds} s, ${passed} of ${slots * batches} units passed`,
    `opened in ${opening} s; state back ${figures.reload_to_state_ms} ms after a reload (budget 1000)`,
    "",
    table([
      ["ms", "p50", "p99", "max", `over ${BUDGET}`],
      ...times.map(([name, { p50, p99, max, over }]) => [
        name,
        ...[p50, p99, max, over].map((value) => String(value ?? "")),
      ]),
    ]),
    table([
      ["MB", ...memory],
      ["resident", ...memory.map((part) => String(figures.rss_mb[part]))],
      ["of its own and its share", ...memory.map((part) => String(figures.pss_mb[part]))],
      ["growth a batch, until then", ...memory.map((part) => String(figures.warming_mb_per_batch[part]))],
      ["growth a batch, last ten", ...memory.map((part) => String(figures.growth_mb_per_batch[part]))],
    ]),
    table(
      [Object.keys(figures.cpu_s_per_batch), Object.values(figures.cpu_s_per_batch).map(String)].map((row, index) => [
        index === 0 ? "processor s a batch" : "",
        ...row,
      ]),
    ),
  ].join("\n");
}
