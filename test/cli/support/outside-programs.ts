import { execFile } from "node:child_process";
import { promisify } from "node:util";

const execute = promisify(execFile);
const MARK = "\n--status--";

/** What curl got. */
export type CurlAnswer = { readonly status: number; readonly body: string };

/** Calls curl with TLS verified against a CA file. */
export async function curl(ca: string, ...args: readonly string[]): Promise<CurlAnswer> {
  const options = ["-sS", "--max-time", "20", "--cacert", ca, "-w", `${MARK}%{http_code}`];
  const { stdout } = await execute("curl", [...options, ...args]);
  const at = stdout.lastIndexOf(MARK);
  return { body: stdout.slice(0, at), status: Number(stdout.slice(at + MARK.length)) };
}

/** Calls openssl with an input; answers its output, stderr included. Rejects when it does not end with 0. */
export async function openssl(args: readonly string[], input: string | Buffer = ""): Promise<string> {
  const running = execute("openssl", [...args]);
  running.child.stdin?.end(input);
  const { stdout, stderr } = await running;
  return stdout + stderr;
}
