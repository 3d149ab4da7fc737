import { z } from "zod";

/** A certificate's serial number: up to 20 bytes as lower-case hex. */
export const SerialNumberSchema = z
  .string()
  .regex(/^(?:[0-9a-f]{2}){1,20}$/, "must be the hex digits of up to 20 bytes");
