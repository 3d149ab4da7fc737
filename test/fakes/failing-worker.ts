// A device worker that dies or hangs as it begins a phase: its slot is named `kill-PHASE` or `loop-PHASE`.
import process from "node:process";

const [does, phase] = (process.argv[2] ?? "").split("-");
const send = process.send?.bind(process);

/** Passes the message on; as the phase begins, that was the last thing that the worker did. */
function sendAndFail(message: unknown): boolean {
  const sent = send?.(message) ?? false;
  const { event } = message as { readonly event?: { readonly type: string; readonly phase?: string } };
  if (event?.type !== "phase.started" || event.phase !== phase) return sent;
  if (does === "kill") process.kill(process.pid, "SIGKILL");
  for (;;);
}

Object.assign(process, { send: sendAndFail });

await import("../../src/worker/main.ts");
