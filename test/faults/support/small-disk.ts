import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const SIZE = 20 * 1024 * 1024;
const MOUNT = `mount -t tmpfs -o size=${SIZE} tmpfs "$0" && echo ready && exec sleep 600`;

/** Whether a small file system can be made here; it needs a system that lets users make name spaces. */
export const HAS_SMALL_DISKS =
  process.platform === "linux" && spawnSync("unshare", ["-Urm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0;

/** A file system of 20 MB that exists for the programs started with its {@link SmallDisk.prefix} only. */
export class SmallDisk {
  readonly folder: string;
  readonly #holder: ChildProcess;

  private constructor(folder: string, holder: ChildProcess) {
    this.folder = folder;
    this.#holder = holder;
  }

  static async make(folder: string): Promise<SmallDisk> {
    mkdirSync(folder);
    const holder = spawn("unshare", ["-Urm", "sh", "-c", MOUNT, folder], { stdio: ["ignore", "pipe", "inherit"] });
    await once(holder.stdout, "data");
    return new SmallDisk(folder, holder);
  }

  /** Starts a program where the disk can be seen. */
  get prefix(): readonly [string, ...string[]] {
    return ["nsenter", "-t", String(this.#holder.pid), "-U", "-m", "--preserve-credentials"];
  }

  /** Copies a database as it is at this moment; answers its path outside the disk. */
  copy(name: string, to: string): string {
    for (const part of ["", "-wal"]) {
      rmSync(`${to}${part}`, { force: true });
      if (existsSync(join(this.inside, `${name}${part}`)))
        copyFileSync(join(this.inside, `${name}${part}`), `${to}${part}`);
    }
    return to;
  }

  /** Takes all the space that is left. */
  fill(): void {
    for (let size = SIZE; size >= 1; size = size >> 1)
      try {
        writeFileSync(join(this.inside, "ballast"), Buffer.alloc(size), { flag: "a" });
      } catch (error) {
        if (!(error instanceof Error && "code" in error && error.code === "ENOSPC")) throw error;
      }
  }

  /** Makes it a disk that nobody may write to, or an ordinary one again. */
  mount(how: "ro" | "rw"): void {
    const [program, ...inside] = this.prefix;
    const args = [...inside, "mount", "-o", `remount,${how},size=${SIZE}`, this.folder];
    const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(`the disk cannot be mounted ${how}: ${stderr}`);
  }

  /** Gives the space back. */
  empty(): void {
    rmSync(join(this.inside, "ballast"));
  }

  async remove(): Promise<void> {
    const gone = once(this.#holder, "exit");
    this.#holder.kill("SIGKILL");
    await gone;
  }

  /** Where this process sees its files. */
  get inside(): string {
    return `/proc/${this.#holder.pid}/root${this.folder}`;
  }
}
