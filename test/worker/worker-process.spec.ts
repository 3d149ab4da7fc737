import { afterEach, describe, expect, it } from "vitest";
import { LineRig, type LineOptions } from "./support/line-rig.ts";
import { WorkerCore, type CoreOptions } from "./support/worker-core.ts";

const open: { readonly stop: () => Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

async function rig(line: LineOptions = {}, options: CoreOptions = {}) {
  const started = await LineRig.start(line);
  open.push(started);
  const core = new WorkerCore(options);
  open.push({ stop: () => core.shutdown() });
  return { line: started, core };
}

describe("a device worker process", () => {
  it("provisions a simulated modem at the embedded service and passes it", async () => {
    const { line, core } = await rig();
    const finished = await core.run(line.order());
    expect(finished).toMatchObject({ outcome: "PASS", release: "restored" });
  });
});
