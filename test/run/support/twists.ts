import type { ErrorCode } from "../../../src/core/error-codes.ts";
import { StationError } from "../../../src/core/error.ts";
import type { Command } from "../../../src/provisioning/command.ts";
import type { Answer } from "../../../src/simulator/answer.ts";
import { answer } from "../../fakes/fake-service.ts";
import { recipe, type RigOptions } from "./run-rig.ts";

export const error = (code: ErrorCode): StationError => new StationError(code, "as the test wants");
/** Answers commands of the modem in another way. */
export const modemAnswers = (pattern: RegExp, given: Answer | StationError): RigOptions => ({
  modem: { answer: (command) => (pattern.test(command) ? given : undefined) },
});
export const ownerAnswers = (pattern: RegExp, status: number, message = "no"): RigOptions => ({
  service: {
    owner: ({ method, path }) => (pattern.test(`${method} ${path}`) ? answer(status, { message }) : undefined),
  },
});
export const deviceAnswers = (method: string, given: number | StationError): RigOptions => ({
  service: {
    device: (request) =>
      request.method !== method
        ? undefined
        : given instanceof StationError
          ? given
          : { status: given, body: new Uint8Array() },
  },
});
export const commandsBecome = (commands: (list: readonly Command[]) => readonly Command[]): RigOptions => ({
  service: { commands },
});
export const recipeIs = (changes: object): RigOptions => ({ order: { recipe: recipe(changes) } });
