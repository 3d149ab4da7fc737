import { describe, expect, it } from "vitest";
import { InsertionDesk } from "../../../main/desk/insertion-desk.ts";
import {
  InsertionsSchema,
  WATCH_SECONDS,
  type Insertions,
  type PortsTelling,
} from "../../../src/contract/desktop-ports.ts";
import { FixtureSchema } from "../../../src/contract/fixture.ts";
import { namedPaths } from "../../../src/contract/port-fit.ts";
import type { Port } from "../../../src/contract/port.ts";
import { RecipeSchema } from "../../../src/contract/recipe.ts";
import type { StartRequest } from "../../../src/contract/station-request.ts";
import { milliseconds, seconds } from "../../../src/core/duration.ts";
import { StationError } from "../../../src/core/error.ts";
import { PortWatch } from "../../../src/station/port-watch.ts";
import { resolveRecipe } from "../../../src/station/files/recipe-file.ts";
import { StationRig } from "../../station/station-rig.ts";

const port = (number: number): Port => ({ path: `/dev/ttyUSB${number}`, usbLocation: `1-${number}` });

type Wish = { readonly needsSerial?: boolean; readonly tcp?: boolean };

function rigWith({ needsSerial = false, tcp = false }: Wish = {}) {
  const rig = new StationRig({ slots: 3 });
  const bench: { ports: readonly Port[] } = { ports: [] };
  const slots = [1, 2, 3].map((number) => ({
    ...{ slot: String(number), row: 1, column: number },
    port: tcp ? { tcp: `127.0.0.1:${4000 + number}` } : { usb: `1-${number}` },
  }));
  const fixture = FixtureSchema.parse({ fixture: 1, name: "Tray", rows: 1, columns: 3, slots });
  const recipe = resolveRecipe(
    RecipeSchema.parse({
      ...{ recipe: 1, product: "Board", revision: "1", commands: [{ finished: {} }] },
      ...(needsSerial ? { boardSerial: { pattern: "PS-\\d+", required: true } } : {}),
    }),
    { files: new Map(), secrets: new Map() },
  );
  const { clock, station } = rig;
  const watch = new PortWatch({
    list: async () => bench.ports,
    paths: () => namedPaths(fixture),
    ...{ clock, pause: seconds(1), longestPause: seconds(8) },
  });
  const asked: StartRequest[] = [];
  const told: Insertions[] = [];
  const tellings: PortsTelling[] = [];
  const answer: { refuse?: StationError } = {};
  const desk = new InsertionDesk({
    ...{ station, watch, clock, files: () => ({ fixture, recipe }) },
    start: async (request) => {
      asked.push(request);
      if (answer.refuse !== undefined) throw answer.refuse;
      return station.start(request);
    },
    tell: (insertions) => told.push(InsertionsSchema.parse(structuredClone(insertions))),
    tellPorts: (telling) => tellings.push(telling),
  });
  return { rig, bench, clock, desk, handlers: desk.handlers(), asked, told, tellings, answer };
}

const slotsOf = (asked: readonly StartRequest[]) => asked.map(({ slots }) => slots);

describe("InsertionDesk", () => {
  it("starts the boards that are plugged in while armed, together where they settle together, once", async () => {
    const { bench, clock, desk, handlers, asked } = rigWith();
    bench.ports = [port(3)];
    desk.begin();
    await clock.advance(seconds(2));
    await handlers["insertion.arm"]({ armed: true });
    bench.ports = [port(1), port(2), port(3)];
    await clock.advance(seconds(60));
    expect(slotsOf(asked)).toEqual([["1", "2"]]);
  });

  it("starts a unit that was unplugged and plugged in again, and shows its slot as empty between", async () => {
    const { bench, clock, desk, handlers, asked, told } = rigWith();
    bench.ports = [port(1)];
    desk.begin();
    await clock.advance(seconds(2));
    expect(desk.current).toEqual({ armed: false, absent: ["2", "3"], waiting: [] });
    await handlers["insertion.arm"]({ armed: true });
    bench.ports = [];
    await clock.advance(seconds(2));
    expect(desk.current.absent).toEqual(["1", "2", "3"]);
    bench.ports = [port(1)];
    await clock.advance(seconds(30));
    expect(desk.current).toEqual({ armed: true, absent: ["2", "3"], waiting: [] });
    expect(slotsOf(asked)).toEqual([["1"]]);
    expect(told.length).toBeLessThan(8);
  });

  it("has the serial scanned first where the recipe wants one, whichever comes first", async () => {
    const { bench, clock, desk, handlers, asked } = rigWith({ needsSerial: true });
    desk.begin();
    await clock.advance(seconds(1));
    await handlers["insertion.arm"]({ armed: true });
    bench.ports = [port(1)];
    await clock.advance(seconds(5));
    expect(desk.current.waiting).toEqual(["1"]);
    expect(asked).toEqual([]);
    await handlers["insertion.serials"]({ serials: { 1: "PS-1", 2: "PS-2" } as never });
    await clock.advance(seconds(1));
    bench.ports = [port(1), port(2)];
    await clock.advance(seconds(5));
    expect(asked.map(({ slots, serials }) => [slots, serials])).toEqual([
      [["1"], { 1: "PS-1" }],
      [["2"], { 2: "PS-2" }],
    ]);
    expect(desk.current.waiting).toEqual([]);
  });

  it("starts the new boards of a simulated tray, which has no ports to look at", async () => {
    const { clock, desk, handlers, asked } = rigWith({ tcp: true });
    desk.begin();
    desk.renewed();
    await clock.advance(seconds(3));
    expect(asked).toEqual([]);
    await handlers["insertion.arm"]({ armed: true });
    desk.renewed();
    await clock.advance(milliseconds(1400));
    expect(asked).toEqual([]);
    await clock.advance(seconds(3));
    expect(slotsOf(asked)).toEqual([["1", "2", "3"]]);
  });

  it("uses an insertion that a person starts before it has settled", async () => {
    const { rig, bench, clock, desk, handlers, asked } = rigWith();
    desk.begin();
    await clock.advance(seconds(1));
    await handlers["insertion.arm"]({ armed: true });
    bench.ports = [port(1)];
    await clock.advance(seconds(1));
    await rig.station.start(rig.request({ slots: ["1"] as never }));
    await clock.advance(seconds(30));
    expect(asked).toEqual([]);
  });

  it("tells why a board could not be started, and does not try it again by itself", async () => {
    const { bench, clock, desk, handlers, asked, answer } = rigWith();
    desk.begin();
    await clock.advance(seconds(1));
    answer.refuse = new StationError("station.store-failed", "the record cannot be written");
    await handlers["insertion.arm"]({ armed: true });
    bench.ports = [port(1)];
    await clock.advance(seconds(30));
    expect(asked).toHaveLength(1);
    expect(desk.current).toMatchObject({ armed: true, fault: { code: "station.store-failed" } });
    desk.disarm();
    expect(desk.current).toEqual({ armed: false, absent: ["2", "3"], waiting: [] });
  });

  it("forgets what was armed when the station works with other files", async () => {
    const { bench, clock, desk, handlers, asked } = rigWith();
    desk.begin();
    await clock.advance(seconds(1));
    await handlers["insertion.arm"]({ armed: true });
    bench.ports = [port(1)];
    desk.configured();
    await clock.advance(seconds(30));
    expect(desk.current.armed).toBe(false);
    expect(asked).toEqual([]);
  });

  it("tells the window of the ports for as long as it says that it looks", async () => {
    const { bench, clock, handlers, tellings } = rigWith({ tcp: true });
    expect(await handlers["ports.list"](null)).toEqual({ ports: [] });
    await handlers["ports.watch"]({ on: true });
    bench.ports = [port(1)];
    await clock.advance(seconds(2));
    expect(tellings.at(-1)).toEqual({ ports: [port(1)] });
    await clock.advance(seconds(WATCH_SECONDS));
    const count = tellings.length;
    bench.ports = [];
    await clock.advance(seconds(60));
    expect(tellings).toHaveLength(count);
  });
});
