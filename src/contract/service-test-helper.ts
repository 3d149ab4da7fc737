import { z } from "zod";
import { ResolvedProfileSchema } from "./profile.ts";
import { ServiceTestSchema } from "./service-test.ts";
import { ErrorReportSchema } from "./common.ts";

const proxy = z.string().max(512).exactOptional();

/** What the helper process is to test. Holds the key: goes from the main process to its helper only. */
export const TestOrderSchema = z.strictObject({
  profile: ResolvedProfileSchema,
  ownerKey: z.string().min(1).max(4096).exactOptional(),
  ...{ proxy, ownerProxy: proxy },
});
export type TestOrder = z.output<typeof TestOrderSchema>;

/** What the helper tells: every change, then its end. */
export const TestMessageSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("changed"), test: ServiceTestSchema }),
  z.strictObject({ kind: z.literal("ended"), test: ServiceTestSchema }),
  z.strictObject({ kind: z.literal("failed"), error: ErrorReportSchema }),
]);
export type TestMessage = z.output<typeof TestMessageSchema>;
