import { describe, expect, it } from "vitest";
import { filterTranscript, transcriptOf } from "../../../../renderer/screens/unit/at-transcript.ts";
import { recordedRuns } from "../recorded-runs.ts";

describe("the transcript of a run", () => {
  const { passed, failed } = recordedRuns();
  const all = { text: "", provisioningOnly: false };

  it("lists questions and answers in time, commands of the service among them", () => {
    const exchanges = transcriptOf(passed.events);
    expect(exchanges[0]).toMatchObject({
      ...{ phase: "connect", provisioning: false, command: "AT+CFUN?", reply: ["+CFUN: 1", "OK"], state: "ok" },
    });
    expect(exchanges.filter(({ provisioning }) => provisioning)).toHaveLength(6);
    const times = exchanges.map(({ untilMs }) => untilMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  it("tells refusals that the run could bear from the one that ended it", () => {
    const exchanges = transcriptOf(failed.events);
    const of = (state: string) =>
      exchanges.filter((exchange) => exchange.state === state).map(({ command }) => command);
    expect(of("failed")).toEqual(["AT%KEYGEN 16842753,2,0"]);
    expect(of("refused")).toEqual(["AT%CCLK?", "AT%CMNG 3,16842753,2"]);
  });

  it("narrows by text in command or answer and to the commands of the service", () => {
    const exchanges = transcriptOf(passed.events);
    const found = filterTranscript(exchanges, { ...all, text: " %devICEuuid: " });
    expect(found.map(({ command }) => command)).toEqual(["AT%DEVICEUUID"]);
    expect(filterTranscript(exchanges, { text: "", provisioningOnly: true })).toHaveLength(6);
    expect(filterTranscript(exchanges, all)).toEqual(exchanges);
  });

  it("says what the station found where no command failed", () => {
    const end = failed.events.find((event) => event.type === "phase.finished" && event.result === "failed")!;
    const verify = passed.events.map((event) =>
      event.type === "phase.finished" && event.phase === "verify"
        ? { ...end, seq: event.seq, at: event.at, phase: event.phase }
        : event,
    );
    const faults = transcriptOf(verify).filter(({ state }) => state === "failed");
    expect(faults).toMatchObject([
      { command: "", phase: "verify", reply: [expect.stringContaining("key generation")] },
    ]);
  });

  it("shows a command without an answer when the run was cut off", () => {
    const announced = failed.events.findIndex(({ type }) => type === "command.announced");
    const last = transcriptOf(failed.events.slice(0, announced + 1)).at(-1);
    expect(last).toMatchObject({ command: "AT%CMNG 3,16842753,2", reply: [], state: "open" });
  });
});
