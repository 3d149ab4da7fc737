import { z } from "zod";
import { label, SlotIdSchema } from "./common.ts";

/** Host and port as in `10.0.0.7:4001` or `[::1]:4001`. */
const HostPortSchema = z
  .string()
  .max(260)
  .regex(/^(?:\[[0-9a-fA-F:.]+\]|[A-Za-z0-9._-]+):\d{1,5}$/, { error: "must be host:port", abort: true })
  .refine((text) => Number(text.slice(text.lastIndexOf(":") + 1)) <= 65_535, "port must be at most 65535");

/** How a slot finds its port; exactly one way. */
export const PortAddressSchema = z.union(
  [
    z.strictObject({ tcp: HostPortSchema }),
    z.strictObject({ path: label(256) }),
    z.strictObject({ usb: label(64), interface: z.int().min(0).max(31).exactOptional() }),
    z.strictObject({ adapterSerial: label(64), interface: z.int().min(0).max(31).exactOptional() }),
    z.strictObject({ byPath: label(256) }),
  ],
  "must be { tcp: … }, { path: … }, { usb: … }, { adapterSerial: … } or { byPath: … }",
);
export type PortAddress = z.output<typeof PortAddressSchema>;

const lineFields = {
  baud: z.int().min(300).max(4_000_000),
  flowControl: z.enum(["rtscts", "xonxoff", "none"]),
  lineEnding: z.enum(["crlf", "cr", "lf", "null"]),
  /** `at`: plain AT; `shell`: Zephyr shell with `at '…'`; `auto`: probe. */
  mode: z.enum(["at", "shell", "auto"]),
};

/** What development kits use (at.md 1). */
const LINE_DEFAULTS = { baud: 115_200, flowControl: "rtscts", lineEnding: "crlf", mode: "auto" } as const;

/** How the bytes travel. */
export const LineSettingsSchema = z.strictObject({
  baud: lineFields.baud.default(LINE_DEFAULTS.baud),
  flowControl: lineFields.flowControl.default(LINE_DEFAULTS.flowControl),
  lineEnding: lineFields.lineEnding.default(LINE_DEFAULTS.lineEnding),
  mode: lineFields.mode.default(LINE_DEFAULTS.mode),
});
export type LineSettings = z.output<typeof LineSettingsSchema>;

/** Where the board's share of config commands goes, besides the station's own store (protocol.md 8). */
export const BoardSettingsSchema = z.discriminatedUnion("sink", [
  z.strictObject({ sink: z.literal("none") }),
  z.strictObject({ sink: z.literal("zephyr-shell") }),
  /** `template` holds `{key}` and `{value}`, for example `AT#XSET="{key}","{value}"`. */
  z.strictObject({ sink: z.literal("at"), template: z.string().min(3).max(256) }),
]);
export type BoardSettings = z.output<typeof BoardSettingsSchema>;

const SlotSchema = z.strictObject({
  /** People write numbered slots without quotes. */
  slot: z.union([z.string(), z.int().nonnegative()], "must be a text or a number").transform(String).pipe(SlotIdSchema),
  row: z.int().min(1).max(64),
  column: z.int().min(1).max(64),
  port: PortAddressSchema,
  line: z.strictObject(lineFields).partial().exactOptional(),
});

/** A tray's slots and how each finds its port; a file that a person writes. */
export const FixtureSchema = z
  .strictObject({
    fixture: z.literal(1),
    name: label(64),
    rows: z.int().min(1).max(64),
    columns: z.int().min(1).max(64),
    line: LineSettingsSchema.default(LINE_DEFAULTS),
    settings: BoardSettingsSchema.default({ sink: "none" }),
    /** What release does to the modem: back to the functional mode it was found in, or power off. */
    release: z.enum(["restore", "power-off"]).default("restore"),
    /** How many slots share a worker process: 1 keeps them apart, more saves memory and time on dense trays. */
    slotsPerWorker: z.int().min(1).max(32).default(1),
    slots: z.array(SlotSchema).min(1).max(128),
  })
  .superRefine((fixture, context) => {
    const seen = { slot: new Set<string>(), place: new Set<string>(), port: new Set<string>() };
    const unique = (kind: keyof typeof seen, key: string, index: number, field: string): void => {
      if (seen[kind].has(key))
        context.addIssue({ code: "custom", message: `repeats an earlier ${kind}`, path: ["slots", index, field] });
      seen[kind].add(key);
    };
    for (const [index, slot] of fixture.slots.entries()) {
      unique("slot", slot.slot, index, "slot");
      unique("place", `${slot.row}/${slot.column}`, index, "row");
      unique("port", JSON.stringify(slot.port), index, "port");
      if (slot.row > fixture.rows)
        context.addIssue({
          code: "custom",
          message: `must be at most rows (${fixture.rows})`,
          path: ["slots", index, "row"],
        });
      if (slot.column > fixture.columns)
        context.addIssue({
          code: "custom",
          message: `must be at most columns (${fixture.columns})`,
          path: ["slots", index, "column"],
        });
    }
  });
export type Fixture = z.output<typeof FixtureSchema>;
export type FixtureSlot = Fixture["slots"][number];

/** The line settings of one slot: the fixture's with the slot's own on top. */
export function lineOf(fixture: Fixture, slot: FixtureSlot): LineSettings {
  const { baud, flowControl, lineEnding, mode } = fixture.line;
  return {
    baud: slot.line?.baud ?? baud,
    flowControl: slot.line?.flowControl ?? flowControl,
    lineEnding: slot.line?.lineEnding ?? lineEnding,
    mode: slot.line?.mode ?? mode,
  };
}
