import { randomBytes } from "node:crypto";
import type { CoapReply, CoapRequestIn } from "../../../src/coap/server-request.ts";
import { realClock } from "../../../src/core/real-clock.ts";
import { encodeCommandList } from "../../../src/provisioning/command-list-encoder.ts";
import type { ServerIdentity } from "../../../src/service/authority.ts";
import { startCoaps, type CoapsService } from "../../../src/service/coaps-server.ts";
import { FAIR, UdpRelay } from "../../fakes/udp-relay.ts";
import type { Cause } from "../table/cell.ts";

type CoapCause = Extract<Cause, { readonly by: "coap" }>;

const CBOR = 60;
const PATHS: Readonly<Record<string, CoapCause["at"]>> = {
  "p/auth-jwt": "sign-on",
  "p/cmd": "fetch",
  "p/rsp": "report",
};
const GOOD: Readonly<Record<CoapCause["at"], string>> = { "sign-on": "2.01", fetch: "2.05", report: "2.04" };
/** More than the client gathers. */
const HUGE = 200_000;

/** A device side over CoAP and DTLS that lets everybody in, hands out one `finished`, and fails at one request. */
export class FaultyCoaps {
  readonly #server: CoapsService;
  readonly #relay: UdpRelay;
  /** Where clients find it, or would have. */
  readonly port: number;
  #stopped = false;

  private constructor(server: CoapsService, relay: UdpRelay) {
    this.#server = server;
    this.#relay = relay;
    this.port = relay.port;
  }

  static async start(identity: ServerIdentity, { at, does }: CoapCause): Promise<FaultyCoaps> {
    const line: { relay?: UdpRelay } = {};
    const silence = (afterwards: number): void => {
      const left = { count: afterwards };
      if (line.relay !== undefined)
        line.relay.carry = (_datagram, way) => ({
          copies: way === "to client" && left.count-- <= 0 ? 0 : 1,
          late: false,
        });
    };
    const server = await startCoaps({
      ...{ host: "127.0.0.1", port: 0, identity, clock: realClock, random: randomBytes },
      handler: () => (request) => {
        const asked = PATHS[request.path.join("/")];
        if (asked === undefined) return { code: "4.04" };
        if (asked !== at) return usual(asked, request);
        if (does === "silent") silence(0);
        if (does === "half-body") silence(1);
        return failing(does, asked, request);
      },
      ...{ onRequest: () => undefined, onError: () => undefined },
    });
    line.relay = await UdpRelay.open(server.port, FAIR);
    if (at === "sign-on" && does === "silent") silence(0);
    const faulty = new FaultyCoaps(server, line.relay);
    if (does === "down") await faulty.stop();
    return faulty;
  }

  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#relay.close();
    await this.#server.stop();
  }
}

function usual(asked: CoapCause["at"], { code }: CoapRequestIn): CoapReply {
  if (asked !== "fetch") return { code: GOOD[asked] };
  if (code !== "0.01") return { code: "4.05" };
  return { code: "2.05", contentFormat: CBOR, payload: encodeCommandList([{ kind: "finished", id: "faulty.1" }]) };
}

function failing(does: CoapCause["does"], asked: CoapCause["at"], request: CoapRequestIn): CoapReply {
  switch (does) {
    case "wrong-content":
      return { code: GOOD[asked], payload: Buffer.from("<html>Please sign in to this network</html>") };
    case "half-body":
    case "huge-body":
      return { code: GOOD[asked], contentFormat: CBOR, payload: Buffer.alloc(HUGE, "x") };
    case "silent":
    case "foreign-certificate":
    case "down":
    case "no-name":
      return usual(asked, request);
    case "4.01":
    case "4.03":
    case "5.00":
    case "5.03":
      return { code: does };
  }
}
