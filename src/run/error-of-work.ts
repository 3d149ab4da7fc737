import { asStationError, type StationError } from "../core/error.ts";

/** The error that work ends with; undefined when it ends well. */
export async function errorOfWork(work: () => Promise<unknown>): Promise<StationError | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return asStationError(error);
  }
}
