import { realpath, stat } from "node:fs/promises";
import { MOST_PORTS, type Port } from "../contract/port.ts";
import { listPorts } from "../link/list-ports.ts";
import type { SerialPortInfo } from "../link/serial-port-info.ts";
import { visible } from "../core/visible.ts";

/** Longest text about a port. */
const LONGEST = 256;

/**
 * The ports of this computer, and of `paths` those that are there: a path may be another name of a listed port, or name one
 * that the system does not list (a pseudo-terminal).
 * @throws StationError link.listing-failed
 */
export async function listPortsAt(
  paths: readonly string[],
  list: () => Promise<readonly SerialPortInfo[]> = listPorts,
): Promise<readonly Port[]> {
  const listed = (await list()).slice(0, MOST_PORTS).map(cleanPort);
  const known = new Set(listed.map(({ path }) => path));
  const ports = new Map(listed.map((port) => [port.path, port]));
  for (const path of new Set(paths)) {
    if (known.has(path) || ports.size >= MOST_PORTS) continue;
    const target = await deviceAt(path);
    if (target === undefined) continue;
    const same = ports.get(target);
    if (same === undefined || !known.has(target)) ports.set(path, { path });
    else ports.set(target, { ...same, aliases: [...(same.aliases ?? []), path].slice(0, 128) });
  }
  return [...ports.values()];
}

/** The real path of a device that can be opened as a port; undefined where nothing is there. */
async function deviceAt(path: string): Promise<string | undefined> {
  try {
    return (await stat(path)).isCharacterDevice() ? await realpath(path) : undefined;
  } catch {
    return undefined;
  }
}

/** Devices name themselves: nothing of it may steer a screen or be longer than agreed. */
function cleanPort(port: SerialPortInfo): Port {
  const entries = Object.entries(port).flatMap(([name, value]): [string, string | number][] => {
    if (typeof value !== "string") return [[name, value]];
    const text = visible(value).slice(0, LONGEST);
    return text === "" ? [] : [[name, text]];
  });
  // Every field has the type that it had.
  return Object.fromEntries(entries) as unknown as Port;
}
