import { createHash, randomBytes } from "node:crypto";
import type { Order } from "../contract/order.ts";
import type { Clock } from "../core/clock.ts";
import type { Sha256 } from "../core/digest.ts";
import { seconds } from "../core/duration.ts";
import { StationError } from "../core/error.ts";
import { Secret } from "../core/secret.ts";
import { STATION_VERSION } from "../core/version.ts";
import type { AtLinkOpener } from "../modem/at-link.ts";
import type { CoapTransport, HttpTransport } from "../provisioning/transport.ts";
import type { OwnerHttps } from "../transport/https/owner-https.ts";
import { ChannelOpener } from "../run/channel-opener.ts";
import { ProofRun } from "../run/proof-run.ts";
import { UnitRun } from "../run/unit-run.ts";
import type { RunHooks } from "./active-run.ts";
import { CutOpener } from "./cut-opener.ts";

/** How the station names itself to the owner's API. */
const USER_AGENT = `provisioning-station/${STATION_VERSION}`;

/** COAP_CLIENT_BLOCK_SIZE of the vendor's sample (protocol.md 6.4). */
const BLOCK_BYTES = 512;
/** The library's receive buffer is the limit that counts (protocol.md 6.5); this only bounds what is gathered before it. */
const LARGEST_ANSWER = 65_536;

/** How long the owner's connection may rest between two calls; servers close theirs after 5 s (Node) or later. */
const KEEP = seconds(2);

/** SHA-256 by Node. */
export const sha256: Sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");

/**
 * Carries out an order with the real ports: link, transport, owner API. What the order does not need is not loaded.
 * @throws StationError when the order's port, CA, proxy or transport cannot be used; nothing was sent to the modem then
 */
export async function executeOrder(order: Order, hooks: RunHooks): Promise<void> {
  const { clock, journal, admission, keepSetting, ask, stop, cut } = hooks;
  const links = new CutOpener(await linkOpener(order, clock), cut);
  const opener = new ChannelOpener(links, order.line, clock);
  if (order.proof !== undefined) {
    await new ProofRun({ order, proof: order.proof, clock, sha256, journal, opener, admission, stop }).execute();
    return;
  }
  const http = await httpTransport(order, clock);
  const coap = await coapTransport(order, clock);
  const owner = await ownerApi(order, clock);
  const run = new UnitRun({
    ...{ order, clock, sha256, journal, opener, admission, keepSetting, ask, stop },
    ...(http === undefined ? {} : { http }),
    ...(coap === undefined ? {} : { coap }),
    ...(owner === undefined ? {} : { owner }),
  });
  await run.execute().finally(() => owner?.close());
}

/** Serial ports need their native addon; a worker of a network port does without. */
async function linkOpener(order: Order, clock: Clock): Promise<AtLinkOpener> {
  const { findPort } = await import("../link/find-port.ts");
  const { port, line } = order;
  const isListed = !("tcp" in port) && !("path" in port);
  const ports = isListed ? await (await import("../link/list-ports.ts")).listPorts() : [];
  const spec = findPort(port, ports, line);
  if (spec.kind === "tcp") return new (await import("../link/tcp-link.ts")).TcpOpener(spec, clock);
  return new (await import("../link/serial-link.ts")).SerialOpener(spec, clock);
}

async function httpTransport({ profile, proxy }: Order, clock: Clock): Promise<HttpTransport | undefined> {
  if (profile.transport !== "https") return undefined;
  if (profile.https === undefined) throw transportMissing(profile.transport);
  const { HttpsTransport } = await import("../transport/https/https-transport.ts");
  const { chooseProxy } = await import("../transport/https/proxy-address.ts");
  const https = new HttpsTransport({
    ca: profile.https.ca,
    clock,
    proxy: chooseProxy(profile.proxy, proxy),
    limits: { answerBytes: profile.limits.rxBytes },
  });
  // The Host header of an IPv6 address has brackets, the socket's address has none.
  return {
    exchange: (request, signal) =>
      https.exchange({ ...request, host: request.host.replace(/^\[(.*)\]$/, "$1") }, signal),
  };
}

async function coapTransport({ profile }: Order, clock: Clock): Promise<CoapTransport | undefined> {
  if (profile.transport !== "coaps") return undefined;
  if (profile.coaps === undefined) throw transportMissing(profile.transport);
  const { CoapsTransport } = await import("../transport/coaps/coaps-transport.ts");
  const { connectDtls } = await import("../dtls/connect-dtls.ts");
  const { host, port, ca } = profile.coaps;
  return new CoapsTransport({
    ...{ host, port, ca, clock, random: randomBytes, connect: connectDtls },
    ...{ blockBytes: BLOCK_BYTES, answerBytes: LARGEST_ANSWER },
  });
}

function transportMissing(transport: string): StationError {
  return new StationError("run.transport-missing", "the profile has no endpoint for its transport", { transport });
}

/** @throws StationError run.owner-missing, cloud.key-missing when the recipe is claimed by the station without a way to do so */
async function ownerApi(order: Order, clock: Clock): Promise<OwnerHttps | undefined> {
  const { profile, recipe, ownerKey, ownerProxy } = order;
  if (recipe.recipe.claim.by !== "station") return undefined;
  const { owner } = profile;
  if (owner === undefined) throw new StationError("run.owner-missing", "the profile names no owner API");
  if (ownerKey === undefined) throw new StationError("cloud.key-missing", "the station has no owner API key");
  const ca = owner.ca ?? (profile.https ?? profile.coaps)?.ca;
  if (ca === undefined) throw new StationError("run.owner-missing", "the profile names no CA for the owner API");
  const { OwnerHttps: Api } = await import("../transport/https/owner-https.ts");
  const { chooseProxy } = await import("../transport/https/proxy-address.ts");
  return new Api({
    base: owner.base,
    key: new Secret(ownerKey),
    userAgent: USER_AGENT,
    ca,
    clock,
    proxy: chooseProxy(profile.proxy, ownerProxy),
    keep: KEEP,
  });
}
