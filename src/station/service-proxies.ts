import type { Order } from "../contract/order.ts";
import type { ResolvedProfile } from "../contract/profile.ts";

/** The environment's proxy for an https URL, credentials included (src/transport, environmentProxy). */
export type ProxyFor = (url: string) => string | undefined;

/** The environment's proxies on the ways to a profile's device side and owner side, for which NO_PROXY may say different things. */
export function proxiesOf(
  { https, owner }: Pick<ResolvedProfile, "https" | "owner">,
  proxyFor: ProxyFor,
): Pick<Order, "proxy" | "ownerProxy"> {
  const proxy = https === undefined ? undefined : proxyFor(`https://${bracketed(https.host)}:${https.port}/`);
  const ownerProxy = owner === undefined ? undefined : proxyFor(owner.base);
  return { ...(proxy === undefined ? {} : { proxy }), ...(ownerProxy === undefined ? {} : { ownerProxy }) };
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}
