import { mkdtempSync, rmSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CoapServerSession } from "../../../src/coap/server-session.ts";
import type { CoapHandler } from "../../../src/coap/server-request.ts";
import { seconds } from "../../../src/core/duration.ts";
import { realClock } from "../../../src/core/real-clock.ts";
import { VirtualClock } from "../../../src/core/virtual-clock.ts";
import { connectDtls } from "../../../src/dtls/connect-dtls.ts";
import type { DtlsConnection } from "../../../src/dtls/dtls-connection.ts";
import { ensureServerIdentity } from "../../../src/service/authority.ts";
import { startCoaps } from "../../../src/service/coaps-server.ts";
import { CoapsTransport } from "../../../src/transport/coaps/coaps-transport.ts";
import { FAIR, lossyNetwork, seededBytes, type LossyEnd, type Weather } from "../../fakes/lossy-channel.ts";
import { describeCoapTransport, type TransportRig } from "./transport-contract.ts";

const SIZES = { blockBytes: 512, answerBytes: 65_536 };
const STORMY: Weather = { loss: 0.1, duplicate: 0.1, reorder: 0.2 };

describeCoapTransport("CoAP on a simulated network", (handler) => Promise.resolve(simulated(handler, FAIR)));
describeCoapTransport("CoAP at 10 % loss with repeats and reordering", (handler) =>
  Promise.resolve(simulated(handler, STORMY)),
);
describeCoapTransport("CoAP over DTLS on the loopback", loopback);

function simulated(handler: CoapHandler, weather: Weather): TransportRig {
  const clock = new VirtualClock();
  const count = { connections: 0 };
  const connect = (): Promise<DtlsConnection> => {
    const seed = 40 + 10 * count.connections++;
    const { client, server } = lossyNetwork(clock, weather, seed);
    new CoapServerSession({ channel: server, clock, random: seededBytes(seed + 1), handler, bodyLimit: 65_536 });
    return Promise.resolve(asConnection(client));
  };
  const place = { host: "simulated", port: 5684, ca: "" };
  const transport = new CoapsTransport({ ...place, clock, random: seededBytes(3), connect, ...SIZES });
  return {
    transport,
    async finish(work) {
      const state = { over: false };
      const over = (): void => {
        state.over = true;
      };
      work.then(over, over);
      for (let turn = 0; turn < 500 && !state.over; turn++) await clock.advance(seconds(1));
      return work;
    },
    stop: () => Promise.resolve(),
  };
}

function asConnection(end: LossyEnd): DtlsConnection {
  const facts = { peerFingerprint: undefined, resumed: false, connectionId: true };
  return {
    facts: { ...facts, suite: "ECDHE_ECDSA_WITH_AES_128_GCM_SHA256" },
    peer: { host: "simulated", port: 5684 },
    send: (data) => end.send(data),
    onMessage: (listener) => end.onMessage(listener),
    onEnd: (listener) => end.onEnd(listener),
    close: () => Promise.resolve(),
  };
}

async function loopback(handler: CoapHandler): Promise<TransportRig> {
  const folder = mkdtempSync(join(tmpdir(), "coaps-"));
  const identity = ensureServerIdentity(folder, ["127.0.0.1"], realClock);
  const server = await startCoaps({
    ...{ host: "127.0.0.1", port: 0, identity, clock: realClock, random: randomBytes },
    handler: () => handler,
    onRequest: () => undefined,
    onError: () => undefined,
  });
  const place = { host: "127.0.0.1", port: server.port, ca: identity.ca };
  const transport = new CoapsTransport({
    ...{ ...place, clock: realClock, random: randomBytes, connect: connectDtls },
    ...SIZES,
  });
  return {
    transport,
    finish: (work) => work,
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
