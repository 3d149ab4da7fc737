import { atExamples } from "./at-examples.ts";
import { decoderLimits } from "./decoder-limits.ts";
import { executionSemantics } from "./execution.ts";
import { fuzz } from "./fuzz.ts";
import { mutations } from "./mutations.ts";
import type { ConformanceSuite } from "./report.ts";
import { requests } from "./requests.ts";
import { responseEncoding } from "./response-encoding.ts";
import { sdkTests } from "./sdk-tests.ts";
import { sessions } from "./sessions.ts";
import { tokens } from "./tokens.ts";

/** Every kind of vector file that is known, asked in this order. */
export const SUITES: readonly ConformanceSuite[] = [
  decoderLimits,
  mutations,
  responseEncoding,
  executionSemantics,
  fuzz,
  sessions,
  tokens,
  requests,
  sdkTests,
  atExamples,
];
