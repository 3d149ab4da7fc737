import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import type { Order } from "../../src/contract/order.ts";
import type { RunEvent } from "../../src/contract/run-event.ts";
import { reportOf, StationError } from "../../src/core/error.ts";
import { LineRig, type LineOptions } from "./support/line-rig.ts";
import { WorkerCore, type CoreOptions } from "./support/worker-core.ts";

const open: { readonly stop: () => Promise<void> }[] = [];

afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.stop();
});

async function rig(line: LineOptions = {}, options: CoreOptions = {}) {
  const started = await LineRig.start(line);
  open.push(started);
  return { line: started, core: coreOf(options) };
}

function coreOf(options: CoreOptions = {}): WorkerCore {
  const core = new WorkerCore(options);
  open.push({ stop: () => core.shutdown() });
  return core;
}

const numbersOf = (events: readonly RunEvent[], order: Order): readonly number[] =>
  events.filter(({ runId }) => runId === order.runId).map(({ seq }) => seq);

describe("a device worker process", () => {
  it("provisions a modem at the embedded service over HTTPS and passes it", async () => {
    const { line, core } = await rig();
    const order = line.order();
    expect(await core.run(order)).toMatchObject({ outcome: "PASS", release: "restored" });
    const numbers = numbersOf(core.events, order);
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(core.settings.get("station/product")).toBe("training-board");
    expect(core.logs).toEqual([]);
  });

  it("provisions several slots at once, and a unit again", async () => {
    const { line, core } = await rig({ units: 4 });
    const orders = [1, 2, 3, 4].map((slot) => line.order(slot));
    const outcomes = await Promise.all(orders.map((order) => core.run(order)));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(["PASS", "PASS", "PASS", "PASS"]);
    expect(await core.run(line.order(2))).toMatchObject({ outcome: "PASS" });
  });

  it("finds out that a board speaks through a shell, whose line ends its credentials then have", async () => {
    const { line, core } = await rig({ faults: ["1=shell"] });
    const order = line.order(1, { line: { baud: 115_200, flowControl: "none", lineEnding: "crlf", mode: "auto" } });
    expect(await core.run(order)).toMatchObject({ outcome: "PASS", release: "restored" });
    const verdicts = core.events.flatMap((event) => (event.type === "credential.verified" ? [event.verdict] : []));
    expect(verdicts).toEqual(["match", "match", "match"]);
  });

  it("tells nothing secret: no key of the owner, no token's signature, no private key", async () => {
    const { line, core } = await rig();
    const order = line.order();
    await core.run(order);
    const told = JSON.stringify([core.events, core.logs]);
    expect(told).not.toContain(order.ownerKey);
    // A JWT with its signature; an attestation or key token, which begins with the CBOR tag 55799 or a DER sequence.
    expect(told.match(/eyJ[\w-]+\.eyJ[\w-]+\.[\w-]{40,}/g)).toBeNull();
    expect(told.match(/(?:2dn3|MI[A-H])[\w-]{60,}\.[\w-]{60,}/g)).toBeNull();
  });

  it("stops in the middle of the work, puts the modem back, and the next run of the unit passes", async () => {
    const stopped = { once: false };
    const { line, core } = await rig(
      {},
      {
        onEvent: (event, heard) => {
          if (stopped.once || event.type !== "command.concluded") return;
          stopped.once = true;
          heard.abort(order);
        },
      },
    );
    const order = line.order();
    expect(await core.run(order)).toMatchObject({
      ...{ outcome: "ABORTED", release: "restored", error: { code: "station.aborted" } },
    });
    expect(await core.run(line.order())).toMatchObject({ outcome: "PASS" });
  });

  it("is cut off from one of its units at once, while the others go on", async () => {
    const lost = new StationError("line.lease-lost", "the line took the unit away");
    const cut = { once: false };
    const { line, core } = await rig(
      { units: 2 },
      {
        onEvent: (event, heard) => {
          if (cut.once || event.slot !== "1" || event.type !== "command.announced") return;
          cut.once = true;
          heard.send({ type: "cut", runId: event.runId, slot: event.slot, error: reportOf(lost) });
        },
      },
    );
    const [ended, other] = await Promise.all([core.run(line.order(1)), core.run(line.order(2))]);
    expect(ended).toMatchObject({ outcome: "ERROR", release: "unreachable", error: { code: "line.lease-lost" } });
    expect(other).toMatchObject({ outcome: "PASS" });
    const sent = core.events.filter(({ slot, type }) => slot === "1" && type === "command.announced");
    expect(sent).toHaveLength(1);
    // As another station would have it now; the modem was left as it was.
    expect(await core.run(line.order(1))).toMatchObject({ outcome: "PASS" });
  });

  it("may be killed in the middle of the work: the next worker passes the unit", async () => {
    const { line, core } = await rig(
      {},
      {
        onEvent: (event, heard) => {
          if (event.type === "command.announced") heard.process.kill("SIGKILL");
        },
      },
    );
    await expect(core.run(line.order())).rejects.toThrow("the worker ended");
    await core.exited;
    expect(await coreOf().run(line.order())).toMatchObject({ outcome: "PASS" });
  });

  it("releases the modem and exits when the core disappears", async () => {
    const { line, core } = await rig(
      {},
      {
        onEvent: (event, heard) => {
          if (event.type === "command.announced") heard.process.disconnect();
        },
      },
    );
    await core.ready();
    core.send({ type: "order", order: line.order() });
    await core.exited;
    expect(core.process.exitCode).toBe(0);
    expect(await coreOf().run(line.order())).toMatchObject({ outcome: "PASS" });
  });

  it("exits at shutdown, and is alive until then", async () => {
    const core = coreOf();
    await core.ready();
    await core.until(() => core.alive > 0);
    await core.shutdown();
    expect(core.process.exitCode).toBe(0);
  });

  it.each([
    ["reboot", "FAIL", "at.rebooted", "restored"],
    ["disconnect", "ERROR", "link.lost", "restored"],
    ["unplug", "ERROR", "link.lost", "unreachable"],
    ["keygen-fail", "FAIL", "at.keygen-failed", "restored"],
    ["corrupt-store", "FAIL", "run.credential-different", "restored"],
    ["bad-signature", "ERROR", "provisioning.token-refused", "restored"],
  ])("ends right over a real line with the fault %s", async (fault, outcome, code, release) => {
    const { line, core } = await rig({ faults: [`1=${fault}`] });
    expect(await core.run(line.order())).toMatchObject({ outcome, release, error: { code } });
  });

  it("is ERROR when nothing listens at the service's address, the CA is another, or the port is nobody's", async () => {
    const { line, core } = await rig();
    const { profile } = line;
    const foreign = readFileSync(new URL("../../resources/ca/amazon-root-ca-1.pem", import.meta.url), "utf8");
    const owner = { base: profile.owner!.base, ca: foreign };
    const untrusted = line.order(1, { profile: { ...profile, owner } });
    expect(await core.run(untrusted)).toMatchObject({ outcome: "ERROR", error: { code: "transport.tls-untrusted" } });
    const nobody = line.order(1, { port: { tcp: "127.0.0.1:1" } });
    expect(await core.run(nobody)).toMatchObject({
      outcome: "ERROR",
      release: "untouched",
      error: { code: "link.refused" },
    });
    const { ownerKey: _left, ...keyless } = line.order();
    expect(await core.run(keyless)).toMatchObject({ outcome: "ERROR", error: { code: "cloud.key-missing" } });
  });

  it("waits for the store before it changes the modem, and gives up when the store is silent", async () => {
    const { line, core } = await rig({}, { stores: (event) => event.type !== "command.announced" });
    const order = line.order();
    const done = core.run(order);
    await core.until(() => core.events.some(({ type }) => type === "command.announced"));
    expect(core.events.some(({ type }) => type === "command.concluded")).toBe(false);
    core.abort(order);
    expect(await done).toMatchObject({ outcome: "ABORTED", release: "restored" });
  });
});
