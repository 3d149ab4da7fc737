import { z } from "zod";
import { ErrorReportSchema, FactsSchema, label } from "./common.ts";

/** Which half of a service: the one that devices talk to, or the owner's REST API. */
export const ServiceSideSchema = z.enum(["device", "owner"]);
export type ServiceSide = z.output<typeof ServiceSideSchema>;

/**
 * The steps of a way to a service. `transport`: the station speaks it; `name`: the host's address is found; `connect`: TCP;
 * `proxy`: the proxy is reached and lets through (then it looks up the name); `tls`: a certificate that holds; `answer`: the
 * right service answers; `key`: it accepts the owner's API key.
 */
export const TestStepNameSchema = z.enum(["transport", "name", "connect", "proxy", "tls", "answer", "key"]);
export type TestStepName = z.output<typeof TestStepNameSchema>;

export const TestStepStateSchema = z.enum(["waiting", "running", "passed", "failed", "not-reached", "cancelled"]);
export type TestStepState = z.output<typeof TestStepStateSchema>;

/** One step as it stands. */
export const TestStepSchema = z.strictObject({
  step: TestStepNameSchema,
  state: TestStepStateSchema,
  /** How long it took; absent before its end. */
  elapsedMs: z.number().nonnegative().exactOptional(),
  /** What was learnt, for example whose certificate it is. */
  facts: FactsSchema.exactOptional(),
  /** Why it failed, with what to do. */
  error: ErrorReportSchema.exactOptional(),
});
export type TestStep = z.output<typeof TestStepSchema>;

/** One side as it stands, its steps in order. */
export const TestedSideSchema = z.strictObject({
  side: ServiceSideSchema,
  /** Host and port: `api.provisioning.nrfcloud.com:443`. */
  target: z.string().max(300),
  /** Host and port of the proxy on the way, where there is one. */
  proxy: z.string().max(300).exactOptional(),
  steps: z.array(TestStepSchema).min(1).max(8),
});
export type TestedSide = z.output<typeof TestedSideSchema>;

/** How a test of a service stands or has ended. `passed`: every step of every side. */
export const ServiceTestSchema = z.strictObject({
  profile: label(64),
  state: z.enum(["running", "passed", "failed", "cancelled"]),
  sides: z.array(TestedSideSchema).min(1).max(2),
});
export type ServiceTest = z.output<typeof ServiceTestSchema>;
