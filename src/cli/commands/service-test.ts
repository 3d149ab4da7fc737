import { resolve } from "node:path";
import type { ServiceTest, TestedSide, TestStep, TestStepName } from "../../contract/service-test.ts";
import { formatDuration, milliseconds } from "../../core/duration.ts";
import { formatFact } from "../../core/fact.ts";
import { Secret } from "../../core/secret.ts";
import { visible } from "../../core/visible.ts";
import { testService } from "../../probe/test-service.ts";
import { loadProfile } from "../../station/files/profile-file.ts";
import { proxiesOf } from "../../station/service-proxies.ts";
import { environmentProxy } from "../../transport/https/proxy-address.ts";
import { EXIT, type CliCommand } from "../command.ts";

/** `station service-test`: whether and how far the station gets to a profile's service. */
export const serviceTestCommand: CliCommand = {
  name: "service-test",
  summary: "goes the way to a profile's service step by step and tells where it ends",
  positionals: "PROFILE",
  minPositionals: 1,
  maxPositionals: 1,
  options: { json: { kind: "flag", help: "prints the result as one JSON object" } },
  async run(args, context) {
    const profile = await loadProfile(resolve(args.positionals[0] ?? ""));
    const variable = profile.owner?.keyEnv;
    const key = variable === undefined ? undefined : context.environment[variable];
    const test = await testService(
      {
        profile,
        ...(key === undefined || key === "" ? {} : { ownerKey: new Secret(key) }),
        ...proxiesOf(profile, environmentProxy),
      },
      { clock: context.clock, signal: context.signal, onChange: () => undefined },
    );
    context.out(args.flag("json") ? `${JSON.stringify(test)}\n` : testText(test));
    return test.state === "passed" ? EXIT.passed : EXIT.failed;
  },
};

const WORDS: Readonly<Record<TestStepName, string>> = {
  transport: "transport",
  name: "name lookup",
  connect: "connection",
  proxy: "proxy",
  tls: "certificate",
  answer: "answer",
  key: "API key",
};

function testText({ profile, state, sides }: ServiceTest): string {
  return visible(`${profile}: ${state}`) + `\n${sides.map(sideText).join("")}`;
}

function sideText({ side, target, proxy, steps }: TestedSide): string {
  const through = proxy === undefined ? "" : ` through ${proxy}`;
  return `${visible(`${side} side  ${target}${through}`)}\n${steps.map((step) => `${stepText(step)}\n`).join("")}`;
}

function stepText({ step, state, elapsedMs, facts = {}, error }: TestStep): string {
  const took = elapsedMs === undefined ? "" : formatDuration(milliseconds(elapsedMs));
  const known = Object.entries(error?.facts ?? facts).map(([name, fact]) => `${name} ${formatFact(fact)}`);
  const row = `  ${WORDS[step].padEnd(12)} ${state.padEnd(12)} ${took.padStart(7)}  ${known.join(", ")}`.trimEnd();
  if (error === undefined) return visible(row);
  return `${visible(row)}\n${visible(`    [${error.code}] ${error.what}`)}\n    ${error.advice}`;
}
