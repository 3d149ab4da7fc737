import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { HAS_SOCAT, SerialBridges } from "./support/serial-bridges.ts";
import { PATIENCE, TrayLine, type TrayObject } from "./support/tray-line.ts";

vi.setConfig(PATIENCE);

const UNITS = 32;

let line: TrayLine;

beforeAll(async () => {
  line = await TrayLine.start(UNITS, ["--latency", "realistic"]);
});

afterAll(() => line.stop());

type Waits = { readonly slot: number; readonly at: string; readonly wireIn: number; readonly work: number } & Readonly<
  Record<"fault" | "wireOut", number>
>;

/** What the slowest modem made its host wait since a time, in seconds: no station can be faster. */
function ideal(since: string): number {
  const totals = new Map<number, number>();
  const entries = line
    .read("modems.log")
    .split("\n")
    .filter((text) => text.startsWith('{"kind":"command"'))
    .map((text) => JSON.parse(text) as Waits);
  for (const { slot, at, wireIn, work, fault, wireOut } of entries)
    if (at >= since) totals.set(slot, (totals.get(slot) ?? 0) + wireIn + work + fault + wireOut);
  return Math.max(...totals.values()) / 1000;
}

describe("32 modems that take the time of real ones", () => {
  it.runIf(HAS_SOCAT)("pass at once over 32 serial ports", async ({ annotate }) => {
    const path = (slot: number): string => line.path(`port-${slot}`);
    const bridges = await SerialBridges.start(
      line.modems.units.map(({ slot, link }) => [link.replace("tcp://", ""), path(Number(slot))]),
    );
    line.write(
      "fixture.yaml",
      line.fixtureText((slot) => ({ path: path(slot) })),
    );
    try {
      const { tray, note } = await provisionAll("serial.db");
      expect(tray).toMatchObject({ code: 0, complaints: [], units: UNITS, pass: UNITS });
      await annotate(note);
    } finally {
      await bridges.stop();
    }
  });

  it("pass at once over tcp", async ({ annotate }) => {
    line.write("fixture.yaml", line.fixtureText());
    const { tray, note } = await provisionAll("tcp.db");
    expect(tray).toMatchObject({ code: 0, complaints: [], units: UNITS, pass: UNITS });
    await annotate(note);
  });
});

type Provisioned = {
  readonly tray: TrayObject & { readonly code: number | null; readonly complaints: readonly string[] };
  readonly note: string;
};

async function provisionAll(audit: string): Promise<Provisioned> {
  const since = new Date().toISOString();
  const { code, object, stderr } = await line.run(audit);
  const complaints = stderr.split("\n").filter((text) => !/PASS|^$/.test(text));
  const bound = ideal(since);
  const note = `${object.seconds} s; the modems alone ${bound.toFixed(1)} s; ratio ${(object.seconds / bound).toFixed(2)}`;
  return { tray: { ...object, code, complaints }, note };
}
