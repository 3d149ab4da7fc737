import { namedPaths } from "../../src/contract/port-fit.ts";
import { seconds } from "../../src/core/duration.ts";
import { PortWatch } from "../../src/station/port-watch.ts";
import { BUNDLED } from "../places.ts";
import { PortsHelper } from "../ports/ports-helper.ts";
import { startHelper } from "../training/helper.ts";
import { InsertionDesk, type InsertionParts } from "./insertion-desk.ts";

const PAUSE = seconds(1);
const LONGEST_PAUSE = seconds(30);
/** A look takes milliseconds; drivers that hang are given up. */
const LOOK_LIMIT = seconds(8);

export type OpenedInsertions = { readonly desk: InsertionDesk; close(): Promise<void> };

/** The watch over the ports with its helper process, and what it means for the slots. Nothing is looked at before `desk.begin`. */
export function openInsertions(parts: Omit<InsertionParts, "watch">): OpenedInsertions {
  const { clock, files } = parts;
  const helper = new PortsHelper(() => startHelper(BUNDLED.ports, "ports", clock, LOOK_LIMIT));
  const watch = new PortWatch({
    list: (paths) => helper.list(paths),
    paths: () => namedPaths(files().fixture),
    ...{ clock, pause: PAUSE, longestPause: LONGEST_PAUSE },
  });
  const desk = new InsertionDesk({ ...parts, watch });
  return {
    desk,
    async close() {
      desk.close();
      watch.close();
      await helper.close();
    },
  };
}
