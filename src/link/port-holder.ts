import { readdir, readFile, readlink, realpath } from "node:fs/promises";

/** A program that has a port, or another file, open. */
export type PortHolder = { readonly pid: number; readonly program: string };

const MOST = 5;

/**
 * The programs that have a device or a file open, as far as the system tells this user: Linux through /proc; elsewhere, and for
 * other users' programs, none. Never fails.
 */
export async function holdersOf(path: string, proc = "/proc"): Promise<readonly PortHolder[]> {
  const device = await realpath(path).catch(() => path);
  const entries = await readdir(proc).catch(() => []);
  const holders: PortHolder[] = [];
  for (const entry of entries) {
    if (!/^\d+$/.test(entry) || holders.length >= MOST) continue;
    if (await holds(`${proc}/${entry}/fd`, device))
      holders.push({ pid: Number(entry), program: await nameOf(`${proc}/${entry}`) });
  }
  return holders;
}

/** The holders in words: `picocom (process 4711), minicom (process 4712)`; empty when there are none. */
export function namesOf(holders: readonly PortHolder[]): string {
  return holders.map(({ program, pid }) => `${program} (process ${pid})`).join(", ");
}

async function holds(folder: string, device: string): Promise<boolean> {
  for (const descriptor of await readdir(folder).catch(() => [])) {
    if ((await readlink(`${folder}/${descriptor}`).catch(() => "")) === device) return true;
  }
  return false;
}

async function nameOf(process: string): Promise<string> {
  const name = await readFile(`${process}/comm`, "utf8").catch(() => "");
  return name.trim().slice(0, 64) || "unknown";
}
