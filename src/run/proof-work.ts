import type { Device } from "../contract/common.ts";
import type { Order } from "../contract/order.ts";
import type { Proof, UnitHistory } from "../contract/proof.ts";
import { expectedCommands } from "../contract/recipe.ts";
import type { RunEventBody } from "../contract/run-event.ts";
import type { Sha256 } from "../core/digest.ts";
import { StationError } from "../core/error.ts";
import { placeholdersOf } from "../core/placeholder.ts";
import { checkUnit } from "./check-phase.ts";
import { samePlace } from "./credential-command.ts";
import { checkGoldenBoard, checkGoldenCredentials, everythingHeld, toldOf } from "./golden-check.ts";
import { heldByRecipe } from "./held-by-recipe.ts";
import { listTags, type ListedCredential } from "./listed-credentials.ts";
import { verifyUnit, type ReadableBoard } from "./verify-step.ts";

/** What proving a unit takes. */
export type ProofParts = {
  readonly order: Pick<Order, "recipe" | "settings">;
  readonly device: Device;
  /** What the record says about the unit; undefined: nothing. */
  readonly history: UnitHistory | undefined;
  readonly sha256: Sha256;
  readonly tell: (body: RunEventBody) => void;
};

/** Checks who the unit is, by the gates of the recipe or by the golden reference. @throws StationError run.* */
export function checkProof(proof: Proof, { order, device, tell }: ProofParts): void {
  switch (proof.kind) {
    case "recipe":
      for (const note of checkUnit(device, order.recipe.recipe)) tell(note);
      return;
    case "golden":
      checkGoldenBoard(device, proof.reference);
      return;
    case "golden-learn":
      return;
  }
}

/** Reads what the unit holds and compares it. @throws StationError run.*, at.*, link.* */
export async function performProof(proof: Proof, board: ReadableBoard, parts: ProofParts): Promise<void> {
  const { sha256, tell } = parts;
  switch (proof.kind) {
    case "recipe":
      await proveByRecord(board, parts);
      await proveByRecipe(board, parts);
      return;
    case "golden":
      await checkGoldenCredentials(board.modem, proof.reference, sha256, tell);
      return;
    case "golden-learn": {
      const held = await everythingHeld(board.modem, sha256);
      for (const one of held) tell(toldOf(one, "present"));
      if (held.length > 0) return;
      throw new StationError("run.golden-empty", "the board holds no credentials");
    }
  }
}

/** By the recipe alone: nothing was sent to the unit in this run. What takes a value that is not known is there or not. */
async function proveByRecipe(board: ReadableBoard, { order, device, sha256, tell }: ProofParts): Promise<void> {
  const { recipe } = order;
  const held = heldByRecipe(recipe, sha256);
  const settings = expectedCommands(recipe.recipe).flatMap((command) =>
    command.kind === "config" ? Object.entries(command.options) : [],
  );
  const known = settings.filter(([, value]) => placeholdersOf(value).length === 0);
  await verifyUnit(board, { recipe, device, held, settings: new Map(known), sink: order.settings.sink, sha256, tell });
}

/** By what the unit's own run found in it when it passed: digests as the modem told them then, keys included. */
async function proveByRecord({ modem }: ReadableBoard, { history, tell }: ProofParts): Promise<void> {
  const { proved } = history ?? {};
  if (proved === undefined || proved.credentials.length === 0) {
    tell({ type: "note", level: "info", text: "the record holds nothing to compare this unit with", facts: {} });
    return;
  }
  const known = proved.credentials.map(({ type, ...rest }): ListedCredential => ({ ...rest, credential: type }));
  const listed = await listTags(
    modem,
    [...new Set(known.map(({ secTag }) => secTag))].sort((a, b) => a - b),
  );
  for (const before of known) {
    const found = listed.find((one) => samePlace(one, before));
    if (found !== undefined && (found.sha256 === before.sha256 || found.sha256 === undefined)) continue;
    const { secTag, credential, sha256 } = before;
    const verdict = found === undefined ? "missing" : "different";
    const digests = {
      ...(sha256 === undefined ? {} : { expectedSha256: sha256 }),
      ...(found?.sha256 === undefined ? {} : { foundSha256: found.sha256 }),
    };
    tell({ type: "credential.verified", secTag, credential, ...digests, verdict });
    const what = `the credential of type ${credential} on tag ${secTag} is ${verdict} since the unit passed`;
    throw new StationError("run.proof-changed", what, { run: proved.run, secTag, credential, verdict, ...digests });
  }
  const facts = { run: proved.run, credentials: known.length };
  tell({ type: "note", level: "info", text: "the unit holds what it held when it passed", facts });
}
