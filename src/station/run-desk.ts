import type { Device } from "../contract/common.ts";
import type { Answer, Question } from "../contract/question.ts";
import { asStationError, reportOf, StationError } from "../core/error.ts";
import type { DeviceUuid, RunId, SlotId } from "../core/ids.ts";

/** Who asks: a run with its identified and admitted unit. */
export type Asker = {
  readonly runId: RunId;
  readonly slot: SlotId;
  readonly uuid: DeviceUuid;
  /** The unit as it was identified; its board serial as it was scanned. */
  readonly device: Device;
};

/** Answers one kind of question; what it answers is on the disk. @throws StationError as the reason of a refusal */
export type AnswerOne = (question: Question, asker: Asker) => Promise<Answer>;

/** The desks of a station by the kind of question they answer; a kind without one is refused. */
export type RunDesks = Readonly<Partial<Record<Question["kind"], AnswerOne>>> & {
  /** Called before a batch is recorded. @throws StationError as the reason why nothing may start */
  readonly beforeBatch?: () => Promise<void>;
};

/** Brings a question to its desk. Never rejects: whatever goes wrong is a refusal with its reason. */
export async function answerQuestion(desks: RunDesks, question: Question, asker: Asker): Promise<Answer> {
  try {
    if (question.kind === "keep-token" && question.uuid !== asker.uuid)
      throw new StationError("station.worker-protocol", "the worker spoke for another unit", { slot: asker.slot });
    const desk = desks[question.kind];
    if (desk === undefined)
      throw new StationError("station.not-set-up", "the station is not set up for this", { question: question.kind });
    return await desk(question, asker);
  } catch (error) {
    return { kind: "refused", error: reportOf(asStationError(error)) };
  }
}
