import { abortReason } from "../core/clock.ts";
import type { AtOptions, AtPort, AtReply } from "../modem/at-port.ts";
import type { ShellOptions, ShellPort } from "../modem/shell-port.ts";

/**
 * A modem that takes nothing new once `stop` has aborted; a command in flight is waited for up to its own limit, so that
 * the modem is never left in the middle of one (design.md 6).
 */
export function gatedPort(modem: AtPort, stop: AbortSignal): AtPort {
  return {
    async send(command: string, options: AtOptions = {}): Promise<AtReply> {
      if (stop.aborted) throw abortReason(stop);
      const { signal: _asked, ...rest } = options;
      return modem.send(command, rest);
    },
  };
}

/** A board's shell in the same way. */
export function gatedShell(shell: ShellPort, stop: AbortSignal): ShellPort {
  return {
    async run(line: string, options: ShellOptions = {}): Promise<readonly string[]> {
      if (stop.aborted) throw abortReason(stop);
      const { signal: _asked, ...rest } = options;
      return shell.run(line, rest);
    },
  };
}
