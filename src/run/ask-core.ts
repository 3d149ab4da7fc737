import type { Answer, Question } from "../contract/question.ts";

/** An answer that is not a refusal. */
export type GivenAnswer = Exclude<Answer, { readonly kind: "refused" }>;

/**
 * Asks the core, and waits until what it answers is on the disk.
 * @throws StationError the core's reason when it refuses; run.answer-silent after its limit; the signal's reason
 */
export type AskCore = (question: Question, signal: AbortSignal) => Promise<GivenAnswer>;
