import { z } from "zod";
import type { RunRecord } from "../../contract/history.ts";
import { LineResultSchema } from "../../contract/line-result.ts";
import { StationError } from "../../core/error.ts";
import type { LineSession } from "../connect-line.ts";
import { RESULTS, resultSubject } from "../names.ts";
import { resultEntry, type ResultNames } from "./line-texts.ts";
import { SubjectLog } from "./subject-log.ts";

const LastSchema = z.object({ position: LineResultSchema.shape.position });

/** A station's results on the line, each once, in the order of the chain. */
export class ResultLog {
  readonly #log: SubjectLog;
  readonly #names: ResultNames;
  #position: number;

  private constructor(log: SubjectLog, names: ResultNames, position: number) {
    this.#log = log;
    this.#names = names;
    this.#position = position;
  }

  /** @throws StationError line.answer; errors of NATS */
  static async open(session: LineSession, station: string, names: ResultNames): Promise<ResultLog> {
    const subject = resultSubject(station);
    const place = { stream: RESULTS.stream, subject, stationName: names.stationName };
    const { log, last } = await SubjectLog.open(session, place);
    if (last === undefined) return new ResultLog(log, names, 0);
    const parsed = LastSchema.safeParse(last);
    if (parsed.success) return new ResultLog(log, names, parsed.data.position);
    throw new StationError("line.answer", "the line's last result of this station cannot be read", { subject });
  }

  /** Publishes the result of the run that ended at this position, unless it is there. @throws StationError; errors of NATS */
  async publish(position: number, run: RunRecord): Promise<void> {
    if (position <= this.#position) return;
    await this.#log.append(resultEntry(position, run, this.#names));
    this.#position = position;
  }
}
