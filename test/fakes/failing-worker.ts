// A device worker that dies or hangs as it begins a phase: its slot is named `kill-PHASE` or `loop-PHASE`.
import process from "node:process";

const [does, phase] = (process.argv[2] ?? "").split("-");
const send = process.send?.bind(process);

if (send !== undefined)
  process.send = (...given: Parameters<typeof send>): boolean => {
    const sent = send(...given);
    const message = given[0] as { readonly event?: { readonly type: string; readonly phase?: string } };
    if (message.event?.type === "phase.started" && message.event.phase === phase) {
      if (does === "kill") process.kill(process.pid, "SIGKILL");
      for (;;);
    }
    return sent;
  };

await import("../../src/worker/main.ts");
