import type { ProxyFacts } from "../../src/contract/desktop-service.ts";
import { reportOf } from "../../src/core/error.ts";
import { chooseProxy } from "../../src/transport/https/proxy-address.ts";

/** The proxy that a way goes through, as it may be shown: without user and password. Never throws. */
export function proxyFacts(profile: string | undefined, environment: string | undefined): ProxyFacts {
  try {
    const chosen = chooseProxy(profile, environment);
    if (chosen === undefined) return { from: "none" };
    const { protocol, host, port, credentials } = chosen;
    const address = `${protocol}//${host.includes(":") ? `[${host}]` : host}:${port}`;
    return {
      from: profile === undefined ? "environment" : "profile",
      address,
      signsIn: credentials !== undefined,
    };
  } catch (error) {
    return { from: "unusable", error: reportOf(error) };
  }
}
