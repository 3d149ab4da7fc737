import { startService } from "../../../src/service/start-service.ts";

// A service in a process of its own, to be killed: node service-process.ts DIR
const service = await startService({ dir: process.argv[2] ?? "", httpsPort: 0, ownerPort: 0 });
process.stdout.write(
  `${JSON.stringify({ https: service.https, owner: service.owner, key: service.ownerKey.reveal() })}\n`,
);
process.on("SIGTERM", () => {
  void service.stop();
});
