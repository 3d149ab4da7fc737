import { ScriptedModem, type ScriptedReply } from "../../src/cli/conformance/scripted-modem.ts";
import type { StationError } from "../../src/core/error.ts";
import { encodeCommandList } from "../../src/provisioning/command-list-encoder.ts";
import type { Command, CommandResponse } from "../../src/provisioning/command.ts";
import type { Errno } from "../../src/provisioning/errno.ts";
import type { Compatibility, Execution, ExecutionHost } from "../../src/provisioning/execution-seam.ts";
import { executeCommandList } from "../../src/provisioning/execution.ts";

/** What an execution meets. */
export type Setup = {
  readonly cfun?: number;
  readonly cmee?: number;
  readonly replies?: Readonly<Record<string, ScriptedReply | readonly ScriptedReply[]>>;
  readonly compatibility?: Compatibility;
  readonly offline?: Errno;
  readonly online?: Errno;
  readonly txBytes?: number;
  readonly settings?: (key: string) => StationError | undefined;
  readonly announce?: (command: Command) => Promise<void>;
  readonly onSend?: (command: string) => void;
};

/** A scripted modem, settings store and host around executeCommandList, with a log of what went out in its order. */
export function executionRig(setup: Setup = {}) {
  const log: string[] = [];
  const concluded: (CommandResponse | undefined)[] = [];
  const controller = new AbortController();
  const queues = new Map(
    Object.entries(setup.replies ?? {}).map(([command, reply]) => [command, Array.from(asList(reply))]),
  );
  const modem = new ScriptedModem({ cfun: setup.cfun ?? 4, cmee: setup.cmee ?? 0 }, (command) => {
    log.push(command);
    setup.onSend?.(command);
    const queue = queues.get(command);
    return queue !== undefined && queue.length > 1 ? queue.shift() : queue?.[0];
  });
  const state = { latest: "" };
  const host: ExecutionHost = {
    modem,
    settings: {
      write: async (key, value) => {
        const refusal = setup.settings?.(key);
        if (refusal !== undefined) throw refusal;
        log.push(`${key}=${value}`);
      },
    },
    goOffline: async () => {
      log.push("offline");
      if (setup.offline === undefined) modem.cfun = 4;
      return setup.offline;
    },
    goOnline: async () => {
      log.push("online");
      return setup.online;
    },
    announce: async (command, place) => {
      log.push(`announce ${command.id} ${place.ordinal}/${place.total}`);
      await setup.announce?.(command);
    },
    concluded: (_command, _place, response) => concluded.push(response),
    rememberId: (id) => {
      state.latest = id;
    },
  };
  const txBytes = setup.txBytes ?? 2304;
  const limits = { records: 10, txBytes, rxBytes: 2304, atBytes: 2304, input: "tolerant" } as const;
  const run = (commands: readonly Command[] | Uint8Array): Promise<Execution> =>
    executeCommandList(commands instanceof Uint8Array ? commands : encodeCommandList(commands), host, {
      limits,
      compatibility: setup.compatibility ?? "default",
      signal: controller.signal,
    });
  return { run, log, modem, concluded, controller, state };
}

/** An AT command. */
export const at = (id: string, command: string, parameters: string, ignore: readonly number[] = []): Command => ({
  kind: "at",
  id,
  command,
  parameters,
  ignoreCmeErrors: ignore,
});
/** A FINISHED command. */
export const finished = (id: string): Command => ({ kind: "finished", id });
/** The responses of a report; none where nothing is reported. */
export const responsesOf = (execution: Execution): readonly CommandResponse[] =>
  execution.kind === "report" ? execution.responses : [];
/** A reply by its text. */
export const text = (reply: string): ScriptedReply => ({ text: reply });

function asList(reply: ScriptedReply | readonly ScriptedReply[]): readonly ScriptedReply[] {
  return "length" in reply ? reply : [reply];
}
