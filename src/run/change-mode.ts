import { asStationError, StationError } from "../core/error.ts";
import type { AtPort } from "../modem/at-port.ts";
import { setFunctionalMode } from "../modem/commands/functional-mode.ts";

/** Sets the modem's functional mode. @throws StationError run.mode-refused when the modem says no; at.*, link.* */
export async function changeMode(modem: AtPort, mode: number): Promise<void> {
  try {
    await setFunctionalMode(modem, mode);
  } catch (error) {
    const cause = asStationError(error);
    if (cause.code !== "at.rejected") throw cause;
    const what = "the modem refuses to change its functional mode";
    throw new StationError("run.mode-refused", what, { ...cause.facts, mode }, { cause });
  }
}
