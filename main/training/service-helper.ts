// The embedded provisioning service as a process of its own.
import { z } from "zod";
import { startService, type RunningService } from "../../src/service/start-service.ts";
import { answerMessages } from "./helper-line.ts";

const Message = z.union([z.strictObject({ dir: z.string() }), z.literal("coaps"), z.literal("stop")]);

const running: { service?: RunningService } = {};

answerMessages(process.parentPort, async (raw) => {
  const message = Message.parse(raw);
  if (message === "stop") {
    await running.service?.stop();
    return null;
  }
  if (message === "coaps") return (await running.service?.offerCoaps()) ?? null;
  const service = await startService({ dir: message.dir, httpsPort: 0, ownerPort: 0 });
  running.service = service;
  const { https, owner, httpsPort, ownerPort, caFile: ca } = service;
  return { https, owner, httpsPort, ownerPort, ca, ownerKey: service.ownerKey.reveal() };
});
