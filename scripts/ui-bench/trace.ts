/** One task of a process's main thread, in ms: what a clock on the wall saw, and what the processor worked for it. */
export type Task = { readonly wall: number; readonly cpu: number };

/** The tasks of the two threads that must never be busy for long. */
export type TracedTasks = { readonly renderer: readonly Task[]; readonly main: readonly Task[] };

type TraceEvent = {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  /** Microseconds: by the clock, and of the thread. */
  readonly dur?: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
};

/** Names of the tasks of a message loop, by Chromium's version. */
const TASKS: ReadonlySet<string> = new Set(["ThreadControllerImpl::RunTask", "RunTask"]);

/**
 * The tasks in a recording of Chromium's tracing (category `toplevel`). Electron's main process runs Node's events as tasks of
 * its browser thread.
 * @param text JSON object with `traceEvents`, as `contentTracing.stopRecording` writes it
 */
export function tracedTasks(text: string): TracedTasks {
  const { traceEvents } = JSON.parse(text) as { readonly traceEvents: readonly TraceEvent[] };
  const threads = new Map(
    traceEvents
      .filter(({ ph, name }) => ph === "M" && name === "thread_name")
      .map(({ pid, tid, args }) => [`${pid} ${tid}`, args?.name]),
  );
  const tasksOf = (thread: string): readonly Task[] =>
    traceEvents
      .filter(({ ph, name, pid, tid }) => ph === "X" && TASKS.has(name) && threads.get(`${pid} ${tid}`) === thread)
      .map(({ dur = 0, tdur = 0 }) => ({ wall: dur / 1000, cpu: tdur / 1000 }));
  return { renderer: tasksOf("CrRendererMain"), main: tasksOf("CrBrowserMain") };
}
