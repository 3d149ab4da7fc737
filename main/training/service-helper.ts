// The embedded provisioning service as a process of its own.
import { z } from "zod";
import { startService, type RunningService } from "../../src/service/start-service.ts";
import { answerMessages } from "./helper-line.ts";

const Message = z.union([z.strictObject({ dir: z.string() }), z.literal("stop")]);

const running: { service?: RunningService } = {};

answerMessages(process.parentPort, async (raw) => {
  const message = Message.parse(raw);
  if (message === "stop") {
    await running.service?.stop();
    return null;
  }
  const service = await startService({ dir: message.dir, httpsPort: 0, ownerPort: 0, coapsPort: 0 });
  running.service = service;
  const { https, owner, httpsPort, ownerPort, coapsPort, caFile: ca } = service;
  return { https, owner, httpsPort, ownerPort, coapsPort, ca, ownerKey: service.ownerKey.reveal() };
});
