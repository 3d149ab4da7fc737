import { seconds } from "../core/duration.ts";
import { asStationError, StationError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";
import { IMEI_PATTERN } from "../core/ids.ts";
import type { AtChannel } from "./at-channel.ts";
import type { AtMode } from "./typed-text.ts";

const LIMIT = seconds(2);
const MODES: readonly AtMode[] = ["at", "shell", "at", "shell"];

/**
 * Finds out how a port takes AT commands: asks for the IMEI as plain AT and through a shell, and takes the way that is
 * answered with 15 digits, else the first that was answered at all (at.md 1, Detection). The channel stays in that mode.
 * @throws StationError at.silent when nothing answers, link.*
 */
export async function probeMode(channel: AtChannel, signal?: AbortSignal): Promise<AtMode> {
  await channel.wake(signal);
  const answered: AtMode[] = [];
  for (const mode of MODES) {
    const answer = await answerIn(channel, mode, signal);
    if (answer === "imei") return mode;
    if (answer === "other") answered.push(mode);
  }
  const [first] = answered;
  if (first === undefined) {
    const facts = { port: channel.name, attempts: quantity(MODES.length, "attempts") };
    throw new StationError("at.silent", "the port answers neither as AT nor as shell", facts);
  }
  await answerIn(channel, first, signal);
  return first;
}

async function answerIn(
  channel: AtChannel,
  mode: AtMode,
  signal: AbortSignal | undefined,
): Promise<"imei" | "other" | "none"> {
  try {
    const reply = await channel.attempt(mode, "AT+CGSN", LIMIT, signal);
    return reply.lines.some((line) => IMEI_PATTERN.test(line.trim())) ? "imei" : "other";
  } catch (error) {
    const { code } = asStationError(error);
    if (code.startsWith("at.")) return "none";
    throw error;
  }
}
