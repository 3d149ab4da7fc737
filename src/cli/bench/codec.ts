import { decode } from "cbor-x";
import type { Clock } from "../../core/clock.ts";
import type { Command } from "../../provisioning/command.ts";
import { decodeCommandList } from "../../provisioning/command-list-decoder.ts";
import { encodeCommandList } from "../../provisioning/command-list-encoder.ts";
import { encodeResponseList } from "../../provisioning/response-list-encoder.ts";
import type { CommandContext } from "../command.ts";
import { rounded, type BenchRow } from "./bench-row.ts";

const ROUNDS = 20_000;
const COMMANDS = 10;

/** How many commands a second the strict codec reads and reports, beside a general CBOR library on the same bytes. */
export function benchCodec({ clock }: CommandContext): Promise<readonly BenchRow[]> {
  const commands = Array.from({ length: COMMANDS }, (_, index) => sample(index));
  const bytes = encodeCommandList(commands);
  const limits = { records: COMMANDS, input: "canonical" } as const;
  const responses = commands.map(({ id }) => ({ kind: "at", id, message: "OK\r\n" }) as const);
  const general = rate(clock, () => decode(bytes));
  const rows = [
    { what: "decode a command list", rate: rate(clock, () => decodeCommandList(bytes, limits)) },
    {
      what: "encode a response list",
      rate: rate(clock, () => encodeResponseList(responses, { records: 10, txBytes: 2304 })),
    },
    { what: "cbor-x decodes the same list", rate: general },
  ];
  return Promise.resolve(
    rows.map(({ what, rate: commandsPerSecond }) => ({
      what,
      commands_per_s: Math.round(commandsPerSecond),
      ratio_to_cbor_x: rounded(commandsPerSecond / general),
    })),
  );
}

function sample(index: number): Command {
  return {
    kind: "at",
    id: `9685ef84-8cac-4257-b5cc-94bc416a1c1d.${index}`,
    command: "%CMNG",
    parameters: `3,${16_842_753 + index},2`,
    ignoreCmeErrors: [513],
  };
}

/** Commands a second over {@link ROUNDS} lists, after as many rounds of warming up as a compiler needs. */
function rate(clock: Clock, work: () => unknown): number {
  for (let round = 0; round < ROUNDS / 10; round++) work();
  const begun = clock.monotonic();
  for (let round = 0; round < ROUNDS; round++) work();
  return (ROUNDS * COMMANDS * 1000) / (clock.monotonic() - begun);
}
