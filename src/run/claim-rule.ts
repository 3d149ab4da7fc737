import type { CommandState, OwnerRule } from "../cloud/owner-answer.ts";
import type { OwnerClient } from "../cloud/owner-client.ts";
import { Backoff } from "../core/backoff.ts";
import { sleep, type Clock } from "../core/clock.ts";
import { milliseconds, seconds, type Duration } from "../core/duration.ts";
import { StationError } from "../core/error.ts";
import { lasting, quantity } from "../core/fact.ts";
import type { DeviceUuid } from "../core/ids.ts";

/** How long a service may take to queue a rule's commands after the claim. */
const QUEUE_LIMIT: Duration = seconds(30);
const FIRST_PAUSE = milliseconds(200);
const LONGEST_PAUSE = seconds(3);

/**
 * The account's rule of a name, ready to bring a unit's commands.
 * @throws StationError cloud.rule-missing, cloud.rule-inactive, cloud.rule-tags; cloud.*, transport.*
 */
export async function findRule(
  owner: OwnerClient,
  name: string,
  tags: readonly string[],
  signal: AbortSignal,
): Promise<OwnerRule> {
  const rules = (await owner.rules(signal)).filter((candidate) => candidate.name === name);
  if (rules.length === 0) throw new StationError("cloud.rule-missing", "the account has no such rule", { rule: name });
  const active = rules.filter((candidate) => candidate.active);
  if (active.length === 0) throw new StationError("cloud.rule-inactive", "the rule is not active", { rule: name });
  const rule = active.find((candidate) => candidate.tags.some((tag) => tags.includes(tag)));
  if (rule !== undefined) return rule;
  const facts = { rule: name, ruleTags: active.flatMap((other) => other.tags).join(", "), tags: tags.join(", ") };
  throw new StationError("cloud.rule-tags", "the rule is for other tags", facts);
}

/**
 * The commands that the rule has put into the queue of a claimed unit; a service may take a moment for that.
 * @throws StationError cloud.rule-unused when they are not there after 30 s; cloud.*, transport.*
 */
export async function ruleCommands(
  { owner, uuid, clock }: { readonly owner: OwnerClient; readonly uuid: DeviceUuid; readonly clock: Clock },
  rule: OwnerRule,
  signal: AbortSignal,
): Promise<readonly CommandState[]> {
  const end = clock.monotonic() + QUEUE_LIMIT;
  const pauses = new Backoff(FIRST_PAUSE, LONGEST_PAUSE);
  for (;;) {
    const waiting = (await owner.listCommands(uuid, signal)).filter(({ state }) => state === "waiting");
    if (waiting.length >= Math.max(1, rule.kinds.length)) return waiting;
    if (clock.monotonic() >= end) throw ruleUnused(rule, waiting);
    await sleep(clock, pauses.next(), signal);
  }
}

function ruleUnused({ name, kinds }: OwnerRule, waiting: readonly CommandState[]): StationError {
  const facts = {
    ...{ rule: name, expected: quantity(kinds.length, "commands"), queued: quantity(waiting.length, "commands") },
    limit: lasting(QUEUE_LIMIT),
  };
  return new StationError("cloud.rule-unused", "the rule has not queued its commands for the unit", facts);
}
