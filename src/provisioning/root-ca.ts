import { StationError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";
import type { AtPort } from "../modem/at-port.ts";
import { wireLength } from "./at-string.ts";
import { AMAZON_ROOT_CA_1, NRF_CLOUD_COAP_CA } from "./root-ca-pem.ts";
import { ask } from "./modem-queries.ts";
import { transportOf, type ProvisioningOptions } from "./options.ts";

/** Largest certificate that is written, in bytes. */
const LARGEST_CA = 4096;

/** What became of the CA: it (or another one) was there, it was written, or the build has none. */
export type CaInstallation = "present" | "written" | "off";

/**
 * What the library does when the modem library starts (protocol.md 9): lists the CA tag and writes the certificate only
 * if nothing is there. The modem must be in CFUN 0 or 4.
 * @param pem default: the built-in certificate of the options' transport
 * @throws StationError provisioning.ca-not-installed, at.*, link.*
 */
export async function installRootCa(
  modem: AtPort,
  options: ProvisioningOptions,
  pem: string = builtInCa(options),
  signal?: AbortSignal,
): Promise<CaInstallation> {
  if (!options.withCert) return "off";
  const tag = options.rootCaSecTag;
  const size = wireLength(pem);
  if (size === 0 || size > LARGEST_CA || pem.includes('"')) throw unusable(tag, size);
  const code = "provisioning.ca-not-installed";
  const listed = await ask(modem, `AT%CMNG=1,${tag},0`, code, "the modem does not list the CA tag", signal);
  if (listed.kind === "failed") throw listed.error;
  if (listed.value.lines.some((line) => line !== "")) return "present";
  const write = `AT%CMNG=0,${tag},0,"${pem}"`;
  const written = await ask(modem, write, code, "the modem does not take the CA certificate", signal);
  if (written.kind === "failed") throw written.error;
  return "written";
}

/** The certificate that is built into the library for the options' transport. */
export function builtInCa(options: ProvisioningOptions): string {
  return transportOf(options) === "http" ? AMAZON_ROOT_CA_1 : NRF_CLOUD_COAP_CA;
}

function unusable(tag: number, size: number): StationError {
  return new StationError("provisioning.ca-not-installed", "the CA certificate cannot be written", {
    tag,
    size: quantity(size, "bytes"),
    limit: quantity(LARGEST_CA, "bytes"),
  });
}
