import type { RunPage } from "../../src/contract/history.ts";
import type { DesktopSnapshot } from "../../src/contract/desktop-snapshot.ts";
import type { DesktopApi } from "../../src/contract/desktop.ts";
import type { Report } from "../../src/contract/report.ts";
import { FAKE_LINE, FAKE_STATIONS, fakeConflict, fakeLineState } from "./fake-line.ts";

/** The window's station as one of an invented line that is away, with a unit that its neighbour passed too. */
export function withLine(station: DesktopApi): DesktopApi {
  return {
    async request(kind, asks) {
      if (kind === "line.settings") return { ok: true, answer: FAKE_LINE };
      if (kind === "line.stations") return { ok: true, answer: FAKE_STATIONS };
      const reply = (await station.request(kind, asks)) as { readonly ok: boolean; readonly answer: never };
      return reply.ok ? { ...reply, answer: ofLine(kind, asks, reply.answer) } : reply;
    },
    subscribe: (channel, listener) => station.subscribe(channel, listener),
  };
}

function ofLine(kind: string, asks: unknown, answer: never): unknown {
  if (kind === "snapshot") return { ...(answer as DesktopSnapshot), sharedLine: lineNow() };
  if ((asks as { readonly source?: string } | null)?.source !== "line") return answer;
  if (kind === "history.runs") {
    const page: RunPage = answer;
    return { ...page, runs: page.runs.map((run, index) => ({ ...run, stationName: `bench-${(index % 2) + 1}` })) };
  }
  return kind === "report.read" ? lineReport(answer) : answer;
}

function lineNow() {
  const now = Date.now();
  const conflicts = [fakeConflict(now)];
  return fakeLineState(now, { link: "away", waiting: 1284, whenAway: "alone", alone: 3, conflicts });
}

/** The report with a share of everything at each of two stations. */
function lineReport(report: Report): Report {
  const [one, two] = FAKE_STATIONS.map(({ id, name }) => ({ id, name: String(name) }));
  if (one === undefined || two === undefined) return report;
  const { runs, pass, fail, error, aborted, running } = report.runs;
  const half = (count: number): number => Math.floor(count / 2);
  const first = {
    ...{ runs: half(runs), pass: half(pass), fail: half(fail), error: half(error) },
    ...{ aborted: half(aborted), running: half(running) },
  };
  const second = {
    ...{ runs: runs - first.runs, pass: pass - first.pass, fail: fail - first.fail, error: error - first.error },
    ...{ aborted: aborted - first.aborted, running: running - first.running },
  };
  return {
    ...report,
    slots: report.slots.map((slot, index) => ({ ...slot, station: index % 2 === 0 ? one.id : two.id })),
    line: {
      stations: [
        { ...two, ...second },
        { ...one, ...first },
      ],
      shared: [
        {
          code: "run.credential-missing",
          stations: [
            { id: two.id, fail: 12, error: 0 },
            { id: one.id, fail: 5, error: 0 },
          ],
        },
        {
          code: "link.lost",
          stations: [
            { id: one.id, fail: 0, error: 4 },
            { id: two.id, fail: 0, error: 2 },
          ],
        },
      ],
    },
  };
}
