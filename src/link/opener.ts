import type { Clock } from "../core/clock.ts";
import { realClock } from "../core/real-clock.ts";
import type { AtLinkOpener } from "../modem/at-link.ts";
import type { LinkSpec } from "./port-address.ts";
import { SerialOpener } from "./serial-link.ts";
import { TcpOpener, type LinkLimits } from "./tcp-link.ts";

/** The opener of a port: `serial:` through serialport, `tcp://` through a socket. */
export function openerFor(spec: LinkSpec, clock: Clock = realClock, limits: LinkLimits = {}): AtLinkOpener {
  switch (spec.kind) {
    case "serial":
      return new SerialOpener(spec, clock, limits);
    case "tcp":
      return new TcpOpener(spec, clock, limits);
  }
}
