import { spawnSync } from "node:child_process";

/** Outside programs that the tests compare with or stand on, and the Debian package of each. */
const PROGRAMS = {
  socat: "socat",
  openssl: "openssl",
  curl: "curl",
  sqlite3: "sqlite3",
  "gnutls-serv": "gnutls-bin",
  "coap-client-openssl": "libcoap3-bin",
  "nats-server": "nats-server",
  mosquitto_sub: "mosquitto-clients",
  postgres: "postgresql",
  // What the vendor's scripts speak to the owner's REST API with.
  "python3-requests": "python3-requests",
} as const;

/** What a window needs on a bare Debian. */
const WINDOW_PACKAGES = [
  ...["xvfb", "xauth", "libgtk-3-0", "libnss3", "libasound2", "libgbm1", "libxss1", "libatk-bridge2.0-0", "libdrm2"],
  ...["libxkbcommon0", "fonts-dejavu-core"],
];

/**
 * Sees to it that the outside programs of the tests are there: installs what is missing where that is possible without
 * asking (root on a Debian-like machine), says what to install elsewhere. Windows has no pseudo-terminals and needs none.
 */
export function ensurePrograms(): void {
  if (process.platform === "win32") return;
  const missing = Object.entries(PROGRAMS).filter(([program]) => !isThere(program));
  if (missing.length === 0) return;
  install(missing.map(([, name]) => name));
  const left = missing.filter(([program]) => !isThere(program)).map(([program]) => program);
  if (left.length > 0) console.error(`The tests need these programs, please install them: ${left.join(", ")}`);
}

/**
 * Sees to it that a window can be opened: a display or the program that makes one, and the libraries that an Electron asks for.
 * Says what to install where that cannot be done. @param program path of the Electron that will be run
 */
export function ensureDisplay(program: string): void {
  if (process.platform !== "linux") return;
  const display = process.env["DISPLAY"] !== undefined;
  const isAble = (): boolean => (display || isThere("Xvfb")) && missingLibraries(program).length === 0;
  if (!isAble()) install(WINDOW_PACKAGES);
  if (isAble()) return;
  const missing = [...(display || isThere("Xvfb") ? [] : ["Xvfb"]), ...missingLibraries(program)].join(", ");
  console.error(`A window needs ${missing}; please install these packages: ${WINDOW_PACKAGES.join(" ")}`);
}

/** Whether a compiler is there, after an attempt to install one. */
export function ensureCompiler(): boolean {
  return ensureAll(["gcc", "g++"], ["g++"]);
}

/** Whether archives can be unpacked, after an attempt to install what does it. */
export function ensureUnzip(): boolean {
  return ensureAll(["unzip"], ["unzip"]);
}

function ensureAll(programs: readonly string[], packages: readonly string[]): boolean {
  if (!hasAll(programs)) install(packages);
  return hasAll(programs);
}

/** The shared libraries that a program asks for in vain. */
function missingLibraries(program: string): readonly string[] {
  const { stdout } = spawnSync("ldd", [program], { encoding: "utf8" });
  return [...stdout.matchAll(/^\s*(\S+) => not found$/gm)].map(([, name = ""]) => name);
}

function hasAll(programs: readonly string[]): boolean {
  return programs.every((program) => isThere(program));
}

function install(packages: readonly string[]): void {
  if (process.getuid?.() !== 0 || !isThere("apt-get")) return;
  console.log(`installing ${packages.join(", ")}`);
  const quiet = { stdio: ["ignore", "ignore", "inherit"] as ["ignore", "ignore", "inherit"] };
  spawnSync("apt-get", ["update", "-qq"], quiet);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const names = packages.map((name) => nameHere(name));
  spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...names], { ...quiet, env });
}

/** Debian 13 and Ubuntu 24.04 renamed some libraries. */
function nameHere(name: string): string {
  const isKnown = (candidate: string): boolean =>
    spawnSync("apt-cache", ["show", candidate], { encoding: "utf8" }).stdout.trim() !== "";
  return isKnown(name) || !isKnown(`${name}t64`) ? name : `${name}t64`;
}

/** Pythons that may have a library: the path's own, and the one that Debian's packages are for. */
const PYTHONS = ["python3", "/usr/bin/python3"] as const;

function isThere(program: string): boolean {
  if (program === "python3-requests")
    return PYTHONS.some((python) => spawnSync(python, ["-c", "import requests"], { stdio: "ignore" }).status === 0);
  // Debian keeps the servers of all versions beside each other, none of them on the path.
  const command =
    program === "postgres" ? "ls /usr/lib/postgresql/*/bin/postgres || command -v postgres" : `command -v ${program}`;
  return spawnSync("sh", ["-c", command], { stdio: "ignore" }).status === 0;
}
