import { spawnSync } from "node:child_process";

/** Outside programs that the tests compare with or stand on, and the Debian package of each. */
const PROGRAMS = {
  socat: "socat",
  openssl: "openssl",
  curl: "curl",
  sqlite3: "sqlite3",
  "gnutls-serv": "gnutls-bin",
  "coap-client-openssl": "libcoap3-bin",
} as const;

/** What a window needs on a bare Debian. */
const WINDOW_PACKAGES = [
  ...["xvfb", "xauth", "libgtk-3-0", "libnss3", "libasound2", "libgbm1", "libxss1", "libatk-bridge2.0-0", "libdrm2"],
  ...["libxkbcommon0", "fonts-dejavu-core", "unzip"],
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

/** Sees to it that a window can be opened. @returns whether there is a display; else `xvfb-run` makes one */
export function ensureDisplay(): boolean {
  if (process.platform !== "linux" || process.env["DISPLAY"] !== undefined) return true;
  if (!isThere("xvfb-run") || !isThere("xauth")) install(WINDOW_PACKAGES);
  if (!isThere("xvfb-run"))
    console.error(`A window needs these packages, please install them: ${WINDOW_PACKAGES.join(" ")}`);
  return false;
}

function install(packages: readonly string[]): void {
  if (process.getuid?.() !== 0 || !isThere("apt-get")) return;
  console.log(`installing ${packages.join(", ")}`);
  const quiet = { stdio: ["ignore", "ignore", "inherit"] as ["ignore", "ignore", "inherit"] };
  spawnSync("apt-get", ["update", "-qq"], quiet);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], { ...quiet, env });
}

function isThere(program: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" }).status === 0;
}
