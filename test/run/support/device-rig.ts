import type { ServiceTwist } from "../../fakes/fake-service.ts";
import { BoardOpener, libraryOver, type BoardOptions } from "../../fakes/board-opener.ts";
import type { DeviceFirmware } from "../../../src/run/device-report.ts";
import { recipe, RunRig, type RigOptions } from "./run-rig.ts";

/** What a test changes about a run whose board provisions itself. */
export type DeviceRigOptions = Omit<RigOptions, "modem" | "board"> & {
  readonly board?: Partial<BoardOptions>;
  /** Changes of the recipe. */
  readonly recipe?: object;
  readonly limit?: number;
  readonly service?: ServiceTwist;
};

/** A run of the real phases over a real channel to a simulated board, whose firmware has the library and the fake service. */
export function deviceRig(by: DeviceFirmware, options: DeviceRigOptions = {}) {
  const { board, recipe: changes, limit = 600, order, ...rest } = options;
  const made: { board?: BoardOpener } = {};
  const rig = new RunRig({
    ...rest,
    order: { recipe: recipe({ provision: { by, limit }, ...changes }), ...order },
    board: ({ clock, service }) =>
      (made.board = new BoardOpener(clock, {
        firmware: by,
        provisioner: libraryOver(service.http, clock),
        ...board,
      })),
  });
  /** The board, once the run has begun. */
  const boardOf = (): BoardOpener => {
    if (made.board === undefined) throw new TypeError("the run has not begun");
    return made.board;
  };
  return { rig, boardOf };
}
