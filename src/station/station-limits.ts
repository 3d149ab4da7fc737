import { milliseconds, seconds, type Duration } from "../core/duration.ts";

/** The limits of the station core; every wait has one. */
export type StationLimits = {
  /** From the start of a worker process to its `ready`. */
  readonly ready: Duration;
  /** Without a message of a worker, which sends `alive` every second. */
  readonly heartbeat: Duration;
  /** A second look after the heartbeat's limit: a computer that slept fires timers before it reads messages. */
  readonly grace: Duration;
  /** From an abort to the end of the run; longer than the modem's slowest command and the release together. */
  readonly abort: Duration;
  /** From the cut of a run to its end; in it the worker closes a port and tells one event. */
  readonly cut: Duration;
  /** From `shutdown` to the end of a worker process. */
  readonly shutdown: Duration;
  /** From the kill of a worker process to its end. */
  readonly kill: Duration;
  /** Before a worker that died is started again: the first wait; it doubles up to {@link StationLimits.longestRestart}. */
  readonly restart: Duration;
  readonly longestRestart: Duration;
  /** Worker processes that start at the same time. */
  readonly startsAtOnce: number;
  /** Starts of a worker that may fail before a waiting run is given up. */
  readonly startAttempts: number;
};

export const DEFAULT_LIMITS: StationLimits = {
  ready: seconds(30),
  heartbeat: seconds(10),
  grace: seconds(2),
  abort: seconds(180),
  cut: seconds(1),
  shutdown: seconds(5),
  kill: seconds(5),
  restart: milliseconds(500),
  longestRestart: seconds(60),
  startsAtOnce: 2,
  startAttempts: 2,
};
