import { resolve } from "node:path";
import { OwnerClient } from "../../cloud/owner-client.ts";
import { seconds } from "../../core/duration.ts";
import { StationError } from "../../core/error.ts";
import { Secret } from "../../core/secret.ts";
import { STATION_VERSION } from "../../core/version.ts";
import { loadProfile } from "../../station/files/profile-file.ts";
import { proxiesOf } from "../../station/service-proxies.ts";
import { OwnerHttps } from "../../transport/https/owner-https.ts";
import { chooseProxy, environmentProxy } from "../../transport/https/proxy-address.ts";
import { required } from "../arguments.ts";
import type { Arguments, CommandContext } from "../command.ts";

/** The owner's side of a profile, and the profile's name. */
export type OwnerAccess = { readonly owner: OwnerClient; readonly profile: string };

/** A bulk call brings up to 1000 tokens, each of which is checked by the service. */
const LIMIT = seconds(180);

/**
 * The owner's API of the profile that `--profile` names, with the key of the environment.
 * @throws StationError file.*, run.owner-missing, cloud.key-missing, transport.*
 */
export async function ownerAccess(args: Arguments, { clock, environment }: CommandContext): Promise<OwnerAccess> {
  const profile = await loadProfile(resolve(required(args, "profile")));
  const { owner } = profile;
  const ca = owner?.ca ?? (profile.https ?? profile.coaps)?.ca;
  if (owner === undefined || ca === undefined)
    throw new StationError("run.owner-missing", "the profile names no owner API", { profile: profile.name });
  const key = owner.keyEnv === undefined ? undefined : environment[owner.keyEnv];
  if (key === undefined || key === "")
    throw new StationError("cloud.key-missing", "the environment holds no owner API key", {
      profile: profile.name,
      variable: owner.keyEnv ?? "none is named by owner.keyEnv",
    });
  const { ownerProxy } = proxiesOf(profile, environmentProxy);
  const api = new OwnerHttps({
    ...{ base: owner.base, key: new Secret(key), ca, clock },
    ...{ userAgent: `provisioning-station/${STATION_VERSION}`, proxy: chooseProxy(profile.proxy, ownerProxy) },
  });
  return { owner: new OwnerClient({ api, clock, limit: LIMIT }), profile: profile.name };
}
