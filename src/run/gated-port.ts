import { abortReason } from "../core/clock.ts";
import type { AtOptions, AtPort, AtReply } from "../modem/at-port.ts";

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
