import { join } from "node:path";
import { expect, it } from "vitest";
import { Central } from "../../../main/shared-line/central.ts";
import { LineChoiceFile } from "../../../main/shared-line/line-choice-file.ts";
import { LineSecrets } from "../../../main/shared-line/line-secrets.ts";
import { LineWatch } from "../../../main/shared-line/line-watch.ts";
import { openLineDesk } from "../../../main/shared-line/open-line-desk.ts";
import { unseenConflicts } from "../../../main/shared-line/unseen-conflicts.ts";
import type { LineConflict } from "../../../src/contract/desktop-line.ts";
import { VirtualClock } from "../../../src/core/virtual-clock.ts";
import { runId, uuidOf } from "../../audit/samples.ts";
import { vaultRig } from "../vault/vault-rig.ts";

const vaults = vaultRig();

function conflict(count: number): LineConflict {
  const at = `2026-03-02T08:00:0${count}.000Z`;
  return { uuid: uuidOf(count), run: runId(count), at, what: "passed", other: "bench-2", otherAt: at };
}

it("conflicts that were shown count as seen, and not one that came before the person's word", async () => {
  const { folder, open } = vaults();
  const lineChoice = new LineChoiceFile(join(folder, "shared-line.json"));
  const lineSecrets = new LineSecrets(await open());
  const noted = [conflict(2), conflict(1)];
  const sources = {
    ...({ name: "Line 3", station: "bench-1", whenAway: "refuse", training: false } as const),
    ...{ link: () => ({ state: "closed" }) as const, waiting: () => 0, stuck: () => undefined, alone: () => 0 },
    conflicts: () => unseenConflicts(noted, lineChoice.lastSeen),
  };
  const watch = new LineWatch(sources, new VirtualClock(), () => undefined);
  const sharedLine = { file: null, watch, close: () => Promise.resolve() };
  const handlers = openLineDesk({
    hosted: { lineChoice, lineSecrets, sharedLine, line: { requireIdle: () => undefined } },
    central: new Central(lineSecrets, () => Promise.reject(new TypeError("not asked for"))),
    dialogs: { openLineFile: () => Promise.resolve(undefined), openCredentials: () => Promise.resolve(undefined) },
    restart: () => undefined,
  });
  expect(watch.state.conflicts).toHaveLength(2);
  noted.unshift(conflict(3));
  await handlers["line.seen"](null);
  expect(watch.state.conflicts).toEqual([conflict(3)]);
  await handlers["line.seen"](null);
  expect(watch.state.conflicts).toEqual([]);
  watch.close();
});
