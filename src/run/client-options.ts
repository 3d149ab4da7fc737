import type { ResolvedProfile } from "../contract/profile.ts";
import { StationError } from "../core/error.ts";
import { STATION } from "../provisioning/option-presets.ts";
import { provisioningOptions, type OptionChanges, type ProvisioningOptions } from "../provisioning/options.ts";

/**
 * The provisioning library's options for a profile (protocol.md 12).
 * @throws StationError run.transport-missing when the profile has no endpoint for its transport; provisioning.option-invalid
 */
export function clientOptions(profile: ResolvedProfile): ProvisioningOptions {
  const { limits } = profile;
  const changes: OptionChanges = {
    ...endpointOptions(profile),
    rxBufferBytes: limits.rxBytes,
    txBufferBytes: limits.txBytes,
    atCommandBytes: limits.atBytes,
    records: limits.records,
    compatibility: profile.compatibility,
    sdkVersion: profile.clientVersion,
  };
  return provisioningOptions(changes, STATION);
}

function endpointOptions(profile: ResolvedProfile): OptionChanges {
  const endpoint = profile[profile.transport];
  if (endpoint === undefined)
    throw new StationError("run.transport-missing", "the profile names no host for its transport", {
      transport: profile.transport,
    });
  const { host, port } = endpoint;
  const name = host.includes(":") ? `[${host}]` : host;
  return profile.transport === "https"
    ? { http: true, coap: false, httpHostname: name, httpPort: port }
    : { http: false, coap: true, coapHostname: name, coapPort: port };
}
