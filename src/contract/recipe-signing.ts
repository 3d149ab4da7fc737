import type { RecipeCommand } from "./recipe-command.ts";

/** A certificate that a CA of one's own signs for the request that the unit made on the same security tag. */
export type SigningOrder = { readonly secTag: number; readonly authority: string };

/** What a command wants signed, if anything. */
export function signingOf(command: RecipeCommand): SigningOrder | undefined {
  if (command.kind !== "clientCertificate" || !("signedBy" in command.options)) return undefined;
  return { secTag: command.options.secTag, authority: command.options.signedBy };
}

/** Everything that a recipe wants signed, in order. */
export function signingOrders({ commands }: { readonly commands: readonly RecipeCommand[] }): readonly SigningOrder[] {
  return commands.flatMap((command) => signingOf(command) ?? []);
}

/**
 * What is wrong with the certificates that a recipe wants signed: each needs a request on its tag before it, and a station that
 * puts the commands into the queue itself, as the certificate does not exist before the request.
 */
export function signingProblems(
  commands: readonly RecipeCommand[],
  claimedBy: string,
): readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] {
  return commands.flatMap((command, index) => {
    const order = signingOf(command);
    if (order === undefined) return [];
    const path = ["commands", index, command.kind, "signedBy"];
    if (claimedBy !== "station") return [{ path, message: "needs claim.by: station" }];
    const asked = commands
      .slice(0, index)
      .some(({ kind, options }) => kind === "certificateSigningRequest" && options.secTag === order.secTag);
    return asked ? [] : [{ path, message: "needs a certificateSigningRequest on the same secTag before it" }];
  });
}
