import { connect, createServer, type Socket } from "node:net";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { verifyFile } from "../../src/audit/verify-file.ts";
import { lastJson } from "../cli/station-process.ts";
import { deviceAnswers, error, ownerAnswers } from "../run/support/twists.ts";
import { RunRig } from "../run/support/run-rig.ts";
import { seconds } from "../../src/core/duration.ts";
import { eventsOf, isAt, runsOf } from "./support/audit-file.ts";
import { FaultLine, type Station } from "./support/fault-line.ts";
import { until } from "./support/until.ts";

/** Stands before a tcp port: takes the first connection and never says a word, hands the others on. */
async function stumblingGate(target: number): Promise<{ readonly port: number; readonly close: () => void }> {
  let isFirst = true;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    if (isFirst) isFirst = false;
    else {
      const far = connect({ host: "127.0.0.1", port: target });
      far.on("error", () => socket.destroy());
      socket.pipe(far).pipe(socket);
    }
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new RangeError("no tcp port");
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { port: address.port, close };
}

describe("a service that fails", () => {
  let line: FaultLine;
  let gate: Awaited<ReturnType<typeof stumblingGate>>;
  /** The service's device side does not answer the first connection. */
  let stumbling: Station;
  /** The service is killed while the unit makes its key. */
  let lost: Station;
  /** Nothing listens at the service's ports. */
  let down: Station;

  beforeAll(async () => {
    line = await FaultLine.start(3, ["1=slow:4000@keygen*1"]);
    const { httpsPort, ownerPort } = line.service;
    gate = await stumblingGate(httpsPort);
    const profile = line.writeProfile("gate.json", { httpsPort: gate.port, ownerPort });
    stumbling = line.run({ slots: ["2"], audit: "stumbling.db", profile });
    lost = line.run({ slots: ["1"], audit: "lost.db" });
    await until("the key in the making", () => isAt(lost.audit, "1", { command: /KEYGEN/ }));
    await until("a claimed unit in slot 2", () => isAt(stumbling.audit, "2", { phase: "provision" }));
    await line.endService("SIGKILL");
    down = line.run({ slots: ["3"], audit: "down.db" });
    await Promise.all([lost.ended, down.ended]);
    await line.startService();
    await stumbling.ended;
  }, 150_000);
  afterAll(async () => {
    gate.close();
    await line.stop();
  });

  it("from the start ends the run as ERROR that says so, with the modem released", async () => {
    const [run] = runsOf(down.audit);
    expect(run).toMatchObject({ outcome: "ERROR", code: "transport.refused", release: "restored" });
    expect(run?.advice).toMatch(/whether the service runs/);
    expect(await line.stateOf("3")).toBe("CFUN 1, CMEE 0");
  });

  it("in the middle of a run ends it as ERROR: commands ran, results did not arrive", async () => {
    const [run] = runsOf(lost.audit);
    expect(run).toMatchObject({ outcome: "ERROR", code: "provisioning.report-failed", release: "restored" });
    expect(await line.stateOf("1")).toBe("CFUN 1, CMEE 0");
  });

  it("and is killed, knows the units when it is back: their next runs pass", async () => {
    const next = [lost, down].map(({ audit }, index) => line.run({ audit, slots: [index === 0 ? "1" : "3"] }));
    for (const { ended } of next) expect(lastJson(await ended)).toMatchObject({ units: 1, pass: 1 });
    for (const { audit } of next) expect(await verifyFile(audit, {})).toMatchObject({ ok: true, runs: 2 });
  }, 60_000);

  it("for a moment only costs the run time: it is asked again", async () => {
    expect(lastJson(await stumbling.ended)).toMatchObject({ units: 1, pass: 1 });
    const provisions = eventsOf(stumbling.audit).filter(({ phase }) => phase === "provision");
    expect(provisions.map(({ type, result, error: cause }) => [type, result, cause?.code])).toEqual([
      ["phase.started", undefined, undefined],
      ["phase.finished", "repeated", "transport.timeout"],
      ["phase.started", undefined, undefined],
      ["phase.finished", "passed", undefined],
    ]);
  });

  it.each([
    ["a device side that never answers", deviceAnswers("GET", error("transport.timeout")), "transport.timeout"],
    ["an owner side that is overloaded", ownerAnswers(/POST claimed-devices$/, 503), "cloud.unavailable"],
    ["an owner side that asks to slow down", ownerAnswers(/POST claimed-devices$/, 429), "cloud.too-many-requests"],
  ])("ends the run as ERROR after the last try: %s", async (_what, options, code) => {
    const rig = new RunRig(options);
    expect(await rig.run(seconds(3600))).toMatchObject({ outcome: "ERROR", release: "restored", error: { code } });
  });
});
