import { join } from "node:path";
import type { ResolvedProfile } from "../../src/contract/profile.ts";
import type { Clock } from "../../src/core/clock.ts";
import type { StationFiles } from "../../src/station/batch-plan.ts";
import type { Library } from "../../src/station/library/library.ts";
import { environmentProxy } from "../../src/transport/https/proxy-address.ts";
import type { Jobs } from "../desk/jobs.ts";
import type { Handlers } from "../ipc/handlers.ts";
import { tellWindow, type CurrentWindow } from "../ipc/serve-window.ts";
import type { RunningService } from "../line/station-line.ts";
import { BUNDLED, dataPlaces } from "../places.ts";
import { FileCipher } from "../vault/file-cipher.ts";
import { systemCipher } from "../vault/system-cipher.ts";
import { Vault } from "../vault/vault.ts";
import { profileHandlers, type ProfileWriterParts } from "./profile-writer.ts";
import type { OwnerKeys } from "./owner-keys.ts";
import { serviceHandlers, type EmbeddedService } from "./service-desk.ts";
import { serviceTester } from "./service-tester.ts";
import { startTestProcess } from "./test-process.ts";

/** The vault of a station whose data lie in a folder. Never throws: one that cannot be used is told at its secrets. */
export function openVault(data: string, clock: Clock): Promise<Vault> {
  const { vault: file, vaultKey } = dataPlaces(data);
  return Vault.open({ file, system: systemCipher(), fallback: new FileCipher(vaultKey), clock });
}

export type ServiceHandlersParts = {
  readonly data: string;
  readonly keys: OwnerKeys;
  readonly library: Library;
  readonly line: { readonly service: RunningService | undefined; readonly files: Pick<StationFiles, "profile"> };
  readonly jobs: Jobs;
  readonly clock: Clock;
  readonly window: CurrentWindow;
} & Pick<ProfileWriterParts, "handlers" | "openAttachments">;

/** The requests about services, with Electron's processes behind them. */
export function desktopServiceHandlers(parts: ServiceHandlersParts) {
  const { data, keys, library, line, jobs, clock, window, handlers, openAttachments } = parts;
  const folder = dataPlaces(data).service;
  return {
    ...serviceHandlers({
      ...{ library, keys, jobs, proxyFor: environmentProxy },
      test: serviceTester(() => startTestProcess(BUNDLED.serviceTest), clock),
      embedded: () => embeddedOf(line.service, line.files.profile, folder),
      tell: (news) => tellWindow(window, "serviceTest", news),
    }),
    ...profileHandlers({ library, handlers, openAttachments }),
  };
}

/** A profile that is removed takes its key with it. */
export function forgettingRemoved<Some extends Pick<Handlers, "library.remove">>(
  handlers: Some,
  keys: OwnerKeys,
): Some {
  return {
    ...handlers,
    "library.remove": async (which: Parameters<Handlers["library.remove"]>[0]) => {
      const removed = await handlers["library.remove"](which);
      if (which.kind === "profile") await keys.forget(which.id);
      return removed;
    },
  };
}

/** @param profile what the line works with: the embedded service's, as long as that runs */
function embeddedOf(
  service: RunningService | undefined,
  profile: ResolvedProfile,
  folder: string,
): EmbeddedService | undefined {
  if (service === undefined) return undefined;
  const { ownerKey } = service;
  return { profile, ownerKey, folder, caFile: join(folder, "ca.pem") };
}
