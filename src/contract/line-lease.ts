import { z } from "zod";
import { label, RunIdSchema, Sha256HexSchema, SlotIdSchema, TimestampSchema } from "./common.ts";
import { StationIdSchema } from "./line-message.ts";

/** Who writes: the station's identity and the name that people gave it. Members that newer stations add are left out. */
const writer = { schema: z.literal(1), station: StationIdSchema, stationName: label(32), run: RunIdSchema };

/** The right of one run to work on a unit; under the device UUID in the bucket of leases, written anew while it lasts. */
export const LeaseSchema = z.object({
  ...writer,
  slot: SlotIdSchema,
  /** When the unit was claimed, by the station's clock; for people only. */
  at: TimestampSchema,
});
export type Lease = z.output<typeof LeaseSchema>;

/** The newest PASS of a unit on the line; under the device UUID in the bucket of passed units. */
export const PassedSchema = z.object({
  ...writer,
  /** When the run ended; the newest wins. */
  at: TimestampSchema,
  recipe: label(128),
  recipeSha256: Sha256HexSchema,
});
export type Passed = z.output<typeof PassedSchema>;
