import { LineFileSchema } from "../../src/contract/line-file.ts";
import { Secret } from "../../src/core/secret.ts";
import { LARGEST_NAMED } from "../../src/station/files/beside.ts";
import { loadDocument } from "../../src/station/files/load-document.ts";
import { readTextFile } from "../../src/station/files/text-file.ts";
import type { Handlers } from "../ipc/handlers.ts";
import type { HostedStation } from "../station-host.ts";
import type { Central } from "./central.ts";
import { lineHandlers, type LineDialogs } from "./line-desk.ts";

export type OpenLineDeskParts = {
  readonly hosted: Pick<HostedStation, "lineChoice" | "lineSecrets" | "sharedLine"> & {
    readonly line: Pick<HostedStation["line"], "requireIdle">;
  };
  readonly central: Central;
  readonly dialogs: LineDialogs;
  /** Starts the application anew. */
  readonly restart: () => void;
};

/** The requests about the line that stations share, with the station's files behind them. */
export function openLineDesk({
  hosted,
  central,
  dialogs,
  restart,
}: OpenLineDeskParts): Pick<Handlers, Extract<keyof Handlers, `line.${string}`>> {
  const { line, lineChoice: choice, lineSecrets: secrets, sharedLine } = hosted;
  return lineHandlers({
    ...{ choice, secrets, central, dialogs, restart, started: sharedLine },
    readLine: async (path) => (await loadDocument(path, LineFileSchema)).value,
    readCredentials,
    seen: async () => {
      const { watch } = sharedLine;
      // Of what was shown: one that came just before the person's word has been seen by nobody.
      const newest = watch?.state.conflicts[0];
      if (newest === undefined) return;
      await choice.seen(newest);
      watch?.look();
    },
    requireIdle: () => line.requireIdle(),
  });
}

/** @throws StationError file.*, line.credentials */
async function readCredentials(path: string): Promise<Secret> {
  const credentials = new Secret((await readTextFile(path, LARGEST_NAMED)).text);
  const { checkCredentials } = await import("../on-line/check-credentials.ts");
  checkCredentials(credentials);
  return credentials;
}
