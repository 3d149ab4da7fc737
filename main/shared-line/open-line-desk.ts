import { LineFileSchema } from "../../src/contract/line-file.ts";
import type { Clock } from "../../src/core/clock.ts";
import { isoTime } from "../../src/core/iso-time.ts";
import { Secret } from "../../src/core/secret.ts";
import { LARGEST_NAMED } from "../../src/station/files/beside.ts";
import { loadDocument } from "../../src/station/files/load-document.ts";
import { readTextFile } from "../../src/station/files/text-file.ts";
import type { Handlers } from "../ipc/handlers.ts";
import type { HostedStation } from "../station-host.ts";
import type { Central } from "./central.ts";
import { lineHandlers, type LineDialogs } from "./line-desk.ts";

export type OpenLineDeskParts = {
  readonly hosted: Pick<HostedStation, "line" | "lineChoice" | "lineSecrets" | "sharedLine">;
  readonly central: Central;
  readonly clock: Clock;
  readonly dialogs: LineDialogs;
  /** Starts the application anew. */
  readonly restart: () => void;
};

/** The requests about the line that stations share, with the station's files behind them. */
export function openLineDesk({
  hosted,
  central,
  clock,
  dialogs,
  restart,
}: OpenLineDeskParts): Pick<Handlers, Extract<keyof Handlers, `line.${string}`>> {
  const { line, lineChoice: choice, lineSecrets: secrets, sharedLine } = hosted;
  return lineHandlers({
    ...{ choice, secrets, central, dialogs, restart, started: sharedLine },
    readLine: async (path) => (await loadDocument(path, LineFileSchema)).value,
    readCredentials,
    seen: async () => {
      await choice.seen(isoTime(clock.now()));
      sharedLine.watch?.look();
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
