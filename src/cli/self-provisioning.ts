import { randomBytes } from "node:crypto";
import type { ResolvedProfile } from "../contract/profile.ts";
import type { Clock } from "../core/clock.ts";
import { seconds } from "../core/duration.ts";
import { StationError } from "../core/error.ts";
import { ProvisioningClient } from "../provisioning/client.ts";
import { MemorySettings } from "../provisioning/memory-settings.ts";
import type { CoapTransport, HttpTransport } from "../provisioning/transport.ts";
import { clientOptions } from "../run/client-options.ts";
import type { SelfBoard, SelfProvisioner } from "../simulator/self-provisioner.ts";

/** COAP_CLIENT_BLOCK_SIZE of the vendor's sample (protocol.md 6.4). */
const BLOCK_BYTES = 512;
const LARGEST_ANSWER = 65_536;

/** The transport of the profile. */
type Transport = { readonly http: HttpTransport } | { readonly coap: CoapTransport };

/**
 * The provisioning library for simulated boards that provision themselves: it reaches the profile's service while the board's
 * modem is online, as over LTE, and keeps the id of the command executed last for each board (protocol.md 2.7).
 * @throws StationError transport.bad-ca, run.transport-missing
 */
export async function selfProvisioner(profile: ResolvedProfile, clock: Clock): Promise<SelfProvisioner> {
  const transport = await transportOf(profile, clock);
  const options = { ...clientOptions(profile), modemStateWaitTimeout: seconds(120) };
  const clients = new Map<string, ProvisioningClient>();
  const clientOf = (board: SelfBoard): ProvisioningClient => {
    const known = clients.get(board.uuid);
    if (known !== undefined) return known;
    const client = new ProvisioningClient(
      { modem: board.modem, clock, settings: new MemorySettings(), ...overLte(transport, board) },
      options,
    );
    clients.set(board.uuid, client);
    return client;
  };
  return {
    async provision(board, signal) {
      await clientOf(board).runOnce((event) => board.tell(event.type), signal);
    },
  };
}

async function transportOf(profile: ResolvedProfile, clock: Clock): Promise<Transport> {
  const { transport, https, coaps, limits } = profile;
  if (transport === "https" && https !== undefined) {
    const { HttpsTransport } = await import("../transport/https/https-transport.ts");
    return { http: new HttpsTransport({ ca: https.ca, clock, limits: { answerBytes: limits.rxBytes } }) };
  }
  if (transport === "coaps" && coaps !== undefined) {
    const { CoapsTransport } = await import("../transport/coaps/coaps-transport.ts");
    const { connectDtls } = await import("../dtls/connect-dtls.ts");
    const { host, port, ca } = coaps;
    const sizes = { blockBytes: BLOCK_BYTES, answerBytes: LARGEST_ANSWER };
    return { coap: new CoapsTransport({ host, port, ca, clock, random: randomBytes, connect: connectDtls, ...sizes }) };
  }
  throw new StationError("run.transport-missing", "the profile has no endpoint for its transport", { transport });
}

/** The transport as a board has it: nothing goes out while its modem is offline. */
function overLte(transport: Transport, { online }: SelfBoard): Transport {
  const check = (): void => {
    if (!online()) throw new StationError("transport.unreachable", "the board's modem is offline");
  };
  if ("http" in transport)
    return {
      http: {
        exchange: async (request, signal) => {
          check();
          return transport.http.exchange(request, signal);
        },
      },
    };
  return {
    coap: {
      connect: async (signal) => {
        check();
        const association = await transport.coap.connect(signal);
        return {
          exchange: async (request, inner) => {
            check();
            return association.exchange(request, inner);
          },
          close: () => association.close(),
        };
      },
    },
  };
}
