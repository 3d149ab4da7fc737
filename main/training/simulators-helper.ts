// The simulated modems of the training tray as a process of their own.
import { z } from "zod";
import { parseFault } from "../../src/simulator/fault-order.ts";
import { SimulatedTray } from "./simulated-tray.ts";
import { answerMessages } from "./helper-line.ts";

const Message = z.union([
  z.strictObject({
    units: z.int().min(1).max(128),
    latency: z.enum(["none", "realistic"]),
    faults: z.array(z.string()),
    seed: z.string(),
  }),
  z.strictObject({ renew: z.string() }),
  z.literal("stop"),
]);

const running: { tray?: SimulatedTray } = {};

answerMessages(process.parentPort, async (raw) => {
  const message = Message.parse(raw);
  if (message === "stop") {
    await running.tray?.stop();
    return null;
  }
  if ("renew" in message) {
    await running.tray?.renew(message.renew);
    return null;
  }
  running.tray = await SimulatedTray.start({ ...message, faults: message.faults.map(parseFault) });
  return running.tray.units;
});
