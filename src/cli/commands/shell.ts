import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { StationError } from "../../core/error.ts";
import { LineSettingsSchema } from "../../contract/fixture.ts";
import type { ResolvedProfile } from "../../contract/profile.ts";
import { parseLinkName } from "../../link/link-name.ts";
import { openerFor } from "../../link/opener.ts";
import { ChannelOpener } from "../../run/channel-opener.ts";
import { clientOptions } from "../../run/client-options.ts";
import { loadProfile } from "../../station/files/profile-file.ts";
import { HttpsTransport } from "../../transport/https/https-transport.ts";
import { chooseProxy } from "../../transport/https/proxy-address.ts";
import { oneOf, wholeNumber } from "../arguments.ts";
import { EXIT, type Arguments, type CliCommand, type CommandContext, type ExitCode } from "../command.ts";
import { ShellSession } from "../shell-session.ts";

const NRF_CLOUD = fileURLToPath(new URL("../../../resources/profiles/nrf-cloud.yaml", import.meta.url));
const PROMPT = "uart:~$ ";

/** `station shell PORT`: the provisioning library's shell for one modem. */
export const shellCommand: CliCommand = {
  name: "shell",
  summary: "nrf_provisioning now, token, uuid, interval for one modem on a port",
  positionals: "PORT",
  minPositionals: 1,
  maxPositionals: 1,
  options: {
    profile: { kind: "value", value: "FILE", help: "the service for `now` (default: nRF Cloud)" },
    command: {
      kind: "list",
      value: "LINE",
      help: "performs the line and ends; without it lines are read from the input",
    },
    baud: { kind: "value", value: "N", help: "line speed (default 115200)" },
    flow: { kind: "value", value: "rtscts|xonxoff|none", help: "flow control (default rtscts)" },
    mode: { kind: "value", value: "at|shell|auto", help: "how the port takes AT commands (default auto)" },
  },
  async run(args, context) {
    const profile = await loadProfile(args.value("profile") ?? NRF_CLOUD);
    const modem = await openModem(args, context);
    try {
      return await talk(args, context, await startSession(profile, modem, context));
    } finally {
      await modem.close();
    }
  },
};

async function openModem(args: Arguments, context: CommandContext): ReturnType<ChannelOpener["open"]> {
  const line = LineSettingsSchema.parse({
    baud: wholeNumber(args, "baud", [300, 4_000_000], 115_200),
    flowControl: oneOf(args, "flow", ["rtscts", "xonxoff", "none"], "rtscts"),
    mode: oneOf(args, "mode", ["at", "shell", "auto"], "auto"),
  });
  const links = openerFor(parseLinkName(args.positionals[0] ?? "", line), context.clock);
  return new ChannelOpener(links, line, context.clock).open(context.signal);
}

function startSession(
  profile: ResolvedProfile,
  modem: Awaited<ReturnType<ChannelOpener["open"]>>,
  context: CommandContext,
): Promise<ShellSession> {
  const { clock } = context;
  const { https } = profile;
  if (https === undefined)
    throw new StationError("usage.option", "the profile has no https endpoint", { option: "--profile" });
  const http = new HttpsTransport({
    ca: https.ca,
    clock,
    proxy: chooseProxy(profile.proxy, undefined),
    limits: { answerBytes: profile.limits.rxBytes },
  });
  const options = clientOptions({ ...profile, transport: "https" });
  return ShellSession.open({ modem, http, options, clock, print: (line) => context.out(`${line}\n`) });
}

async function talk(args: Arguments, context: CommandContext, session: ShellSession): Promise<ExitCode> {
  const onAbort = (): void => void session.close();
  context.signal.addEventListener("abort", onAbort, { once: true });
  try {
    const given = args.list("command");
    const allWell = given.length > 0 ? await performAll(given, session, context) : await converse(session, context);
    await session.untilIdle();
    return allWell ? EXIT.passed : EXIT.failed;
  } finally {
    context.signal.removeEventListener("abort", onAbort);
    await session.close();
  }
}

async function performAll(lines: readonly string[], session: ShellSession, context: CommandContext): Promise<boolean> {
  let allWell = true;
  for (const line of lines) {
    await session.untilIdle();
    if ((await session.perform(line, context.signal)) !== 0) allWell = false;
  }
  return allWell;
}

/** Reads lines until the input ends, `exit`, or the signal. */
async function converse(session: ShellSession, context: CommandContext): Promise<boolean> {
  const lines = createInterface({ input: context.stdin });
  context.signal.addEventListener("abort", () => lines.close(), { once: true });
  let allWell = true;
  if (context.terminal) context.err(PROMPT);
  for await (const line of lines) {
    if (line.trim() === "exit") break;
    allWell = (await session.perform(line, context.signal)) === 0 && allWell;
    if (context.terminal) context.err(PROMPT);
  }
  return allWell;
}
