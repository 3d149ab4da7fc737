import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyFile } from "../../src/audit/verify-file.ts";
import { lastJson, type Ended } from "../cli/station-process.ts";
import { isAt, runsOf } from "./support/audit-file.ts";
import { FaultLine, type Station } from "./support/fault-line.ts";
import { isListening, SEES_PROCESSES } from "./support/left-behind.ts";
import { until } from "./support/until.ts";

/** Two slots for each station, held in a command when it is told to stop. */
const STOPS: readonly {
  readonly name: string;
  readonly slots: [string, string];
  readonly strike: (tray: Station) => void;
}[] = [
  { name: "SIGTERM", slots: ["1", "2"], strike: (tray) => tray.kill("SIGTERM") },
  { name: "Ctrl-C on its terminal", slots: ["3", "4"], strike: (tray) => tray.interrupt("SIGINT") },
  {
    name: "its terminal closed",
    slots: ["5", "6"],
    strike: (tray) => {
      tray.hangUp();
      tray.interrupt("SIGHUP");
    },
  },
];

describe.runIf(SEES_PROCESSES)("a station that is told to stop in the middle of its tray", () => {
  let line: FaultLine;
  const stopped = new Map<string, { readonly tray: Station; readonly ended: Ended }>();

  beforeAll(async () => {
    line = await FaultLine.start(
      6,
      STOPS.flatMap(({ slots: [one, two] }) => [`${one}=slow:15000@keygen*1`, `${two}=slow:15000@write*1`]),
    );
    await Promise.all(
      STOPS.map(async ({ name, slots, strike }) => {
        const tray = line.run({ slots, ownGroup: true });
        await until(`commands in slots ${slots.join(", ")}`, () =>
          slots.every((slot) => isAt(tray.audit, slot, { command: /KEYGEN|CMNG 0/ })),
        );
        strike(tray);
        stopped.set(name, { tray, ended: await tray.ended });
      }),
    );
  }, 120_000);
  afterAll(() => line.stop());

  it.each(STOPS)("ends its runs as ABORTED and releases the modems at $name", async ({ name, slots }) => {
    const { tray, ended } = stopped.get(name)!;
    expect(ended.code).toBe(1);
    const runs = runsOf(tray.audit).toSorted((one, two) => Number(one.slot) - Number(two.slot));
    expect(runs).toMatchObject(
      slots.map((slot) => ({ slot, outcome: "ABORTED", code: "station.aborted", release: "restored" })),
    );
    for (const slot of slots) expect(await line.stateOf(slot)).toBe("CFUN 1, CMEE 0");
    expect(await verifyFile(tray.audit, {})).toMatchObject({ ok: true });
    await line.untilGone(tray);
  });

  it("tells at its end what it stopped", () => {
    const { ended } = stopped.get("SIGTERM")!;
    expect(lastJson(ended)).toMatchObject({ units: 2, pass: 0, fail: 0, error: 0, aborted: 2 });
  });

  it("is followed by one that passes the same units", async () => {
    const { tray } = stopped.get("SIGTERM")!;
    expect(await line.run({ audit: tray.audit, slots: ["1", "2"] }).ended).toMatchObject({ code: 0 });
  }, 60_000);

  it("has released the modems of a demo before they end at Ctrl-C, and leaves no helper and no port", async () => {
    const args = ["demo", "--units", "2", "--dir", line.path("demo"), "--fault", "2=slow:6000@keygen", "--json"];
    const demo = line.start(args, "demo-helpers", { ownGroup: true });
    const audit = line.path("demo/audit.db");
    await until("a command in slot 2", () => isAt(audit, "2", { command: /KEYGEN/ }));
    demo.interrupt("SIGINT");
    const ended = await demo.ended;
    expect(ended.code).toBe(1);
    expect(runsOf(audit).find(({ slot }) => slot === "2")).toMatchObject({ outcome: "ABORTED", release: "restored" });
    await line.untilGone(demo);
    const { service } = lastJson(ended) as { readonly service: string };
    expect(await isListening(Number(new URL(service).port))).toBe(false);
  }, 60_000);

  it.each([
    ["simulate", "--units", "2"],
    ["service", "--dir", "DIR", "--https", "0", "--owner", "0"],
  ])(
    "leaves nothing behind when it is a helper by itself: %s",
    async (...words) => {
      const args = [...words.map((word) => (word === "DIR" ? line.path("own-service") : word)), "--json"];
      const helper = line.start(args, `helper-${words[0]}`);
      const ports = [...(await helper.firstLine).matchAll(/127\.0\.0\.1:(\d+)/g)].map((match) => Number(match[1]));
      expect(await Promise.all(ports.map(isListening))).toEqual([true, true]);
      helper.kill("SIGTERM");
      expect(await helper.ended).toMatchObject({ code: 0, stderr: "" });
      expect(await Promise.all(ports.map(isListening))).toEqual([false, false]);
    },
    30_000,
  );
});
