import type { Device } from "../contract/common.ts";
import type { BoardSettings } from "../contract/fixture.ts";
import type { ResolvedRecipe } from "../contract/recipe.ts";
import type { RunEventBody } from "../contract/run-event.ts";
import type { Sha256 } from "../core/digest.ts";
import type { AtPort } from "../modem/at-port.ts";
import type { ShellPort } from "../modem/shell-port.ts";
import type { AtMode } from "../modem/typed-text.ts";
import type { HeldCredential } from "./ledger.ts";
import { expectationsOf, secTagsOf } from "./recipe-expectation.ts";
import { verificationList, withList } from "./verification-list.ts";
import { verifyCredentials } from "./verify-phase.ts";
import { verifyBoardSettings } from "./verify-settings.ts";

/** The board as a verification reads it. */
export type ReadableBoard = { readonly modem: AtPort; readonly shell: ShellPort; readonly mode: AtMode };

/** What a verification compares. */
export type VerifyStep = {
  readonly recipe: ResolvedRecipe;
  readonly device: Device;
  /** What the modem must hold by the commands. */
  readonly held: readonly HeldCredential[];
  /** What the board's settings must be by the commands. */
  readonly settings: ReadonlyMap<string, string>;
  /** Where the board's settings are, and whether they can be read. */
  readonly sink: BoardSettings["sink"];
  readonly sha256: Sha256;
  readonly tell: (body: RunEventBody) => void;
};

/**
 * Reads the unit back: credentials, then settings where the board has a shell; by the commands and by the recipe's
 * verification list. Every verdict is told.
 * @throws StationError run.credential-*, run.setting-different; at.*, link.*
 */
export async function verifyUnit({ modem, shell, mode }: ReadableBoard, step: VerifyStep): Promise<void> {
  const { recipe, device, sha256, tell, sink } = step;
  const { verify } = recipe.recipe;
  const list = verificationList(recipe, sha256);
  // A recipe without read-back may still list what it wants to see; what else is there is told by the commands, though.
  const isWhole = verify.readBack || verify.forbidUnexpected !== false;
  const held = withList(isWhole ? step.held : [], list);
  const task = {
    ...{ held, absent: list.absent, forbidUnexpected: verify.forbidUnexpected },
    secTags: secTagsOf(expectationsOf(recipe, sha256), [...held, ...list.absent]),
    ...{ mode, firmware: device.firmware, sha256 },
  };
  await verifyCredentials(modem, task, tell);
  const settings = new Map([...step.settings, ...Object.entries(verify.settings ?? {})]);
  if (sink === "zephyr-shell") await verifyBoardSettings(shell, settings, tell);
  else if (verify.settings !== undefined && Object.keys(verify.settings).length > 0)
    tell({
      ...{ type: "note", level: "warning", text: "the fixture cannot read the board's settings: not verified" },
      facts: { settings: Object.keys(verify.settings).join(", ") },
    });
}
