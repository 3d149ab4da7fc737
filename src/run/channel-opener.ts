import type { LineSettings } from "../contract/fixture.ts";
import type { Clock } from "../core/clock.ts";
import { StationError } from "../core/error.ts";
import { AtChannel } from "../modem/at-channel.ts";
import type { AtLinkOpener } from "../modem/at-link.ts";
import { sync } from "../modem/commands/session.ts";
import { probeMode } from "../modem/probe.ts";
import { EchoWatch } from "./echo-watch.ts";
import type { ModemOpener, OpenModem } from "./modem-opener.ts";

/** Opens a modem behind a serial or tcp link with the line settings of its slot. */
export class ChannelOpener implements ModemOpener {
  readonly #links: AtLinkOpener;
  readonly #line: LineSettings;
  readonly #clock: Clock;

  constructor(links: AtLinkOpener, line: LineSettings, clock: Clock) {
    this.#links = links;
    this.#line = line;
    this.#clock = clock;
  }

  async open(signal?: AbortSignal): Promise<OpenModem> {
    const watch = new EchoWatch(await this.#links.open(signal));
    const { mode, lineEnding } = this.#line;
    const channel = new AtChannel(watch, { clock: this.#clock, lineEnding, mode: mode === "auto" ? "at" : mode });
    try {
      if (mode === "auto") await probeMode(channel, signal);
      else await channel.wake(signal);
      await sync(channel, signal === undefined ? {} : { signal });
      return openModem(channel, watch);
    } catch (error) {
      await channel.close();
      throw turnedAway(error, watch);
    }
  }
}

/** A serial server whose port is in use takes the connection and cuts it before a byte has come. */
function turnedAway(error: unknown, watch: EchoWatch): unknown {
  const isCut = error instanceof StationError && error.code === "link.lost" && watch.name.startsWith("tcp:");
  if (!isCut || watch.spoke) return error;
  const what = "the connection was cut before a byte came, as when another program has the port";
  return new StationError("link.busy", what, error.facts, { cause: error });
}

function openModem(channel: AtChannel, watch: EchoWatch): OpenModem {
  return {
    name: channel.name,
    get mode() {
      return channel.mode;
    },
    shell: channel,
    watch: (listener) => channel.watch(listener),
    get echoed() {
      return watch.echoed && channel.mode === "at";
    },
    send: (command, options) => channel.send(command, options),
    close: () => channel.close(),
  };
}
