import { join, resolve } from "node:path";
import type { Clock } from "../core/clock.ts";
import type { RunDesks } from "../station/run-desk.ts";
import { TOKEN_FILE_NAME, tokenDesk, TokenFile } from "../station/token-file.ts";
import type { Arguments } from "./command.ts";

/** The desk that keeps gathered attestation tokens, in the file of `--tokens` or in `folder`. */
export function tokenDesks(args: Arguments, folder: string, clock: Clock): RunDesks {
  const path = resolve(args.value("tokens") ?? join(folder, TOKEN_FILE_NAME));
  return { "keep-token": tokenDesk(new TokenFile(path, clock)) };
}
