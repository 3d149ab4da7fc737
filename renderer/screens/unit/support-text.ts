import type { RunDetail } from "../../../src/contract/desktop-history.ts";
import { transcriptOf } from "./at-transcript.ts";
import { timelineOf } from "./run-timeline.ts";
import { momentText } from "./unit-times.ts";
import { factsOf } from "./unit-facts.ts";
import { verdictOf } from "./unit-verdict.ts";

/** A run as text for whoever helps from afar, in English: outcome, facts, phases and transcript; secrets are not in the record. */
export function supportText({ run, events }: NonNullable<RunDetail>, version: string): string {
  const verdict = verdictOf(run, events);
  const { spanMs, phases } = timelineOf(events);
  const lines = [
    `Provisioning Station ${version}: ${run.outcome ?? "RUNNING"}${verdict.code === undefined ? "" : ` [${verdict.code}]`}`,
    ...(verdict.what === undefined ? [] : [verdict.what]),
    ...verdict.facts.map(({ name, value }) => `  ${name}: ${value}`),
    "",
    `slot: ${run.slot}`,
    ...factsOf(run).map(({ name, value }) => `${name}: ${value}`),
    `started: ${run.startedAt}`,
    `finished: ${run.finishedAt ?? "-"}`,
    "",
    ...phases.map(({ phase, attempt, state, elapsedMs }) =>
      state === "unreached" ? `${phase}: unreached` : `${phase} ${attempt}: ${state}, ${Math.round(elapsedMs)} ms`,
    ),
    "",
    ...transcriptOf(events).flatMap(({ command, reply, fromMs, untilMs }) => [
      ...(command === "" ? [] : [`${momentText(fromMs, spanMs)} > ${command}`]),
      ...reply.map((line) => `${momentText(untilMs, spanMs)} < ${line}`),
    ]),
  ];
  return `${lines.join("\n")}\n`;
}
