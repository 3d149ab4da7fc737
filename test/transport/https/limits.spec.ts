import { describe, expect, it } from "vitest";
import { milliseconds, seconds } from "../../../src/core/duration.ts";
import { StationError } from "../../../src/core/error.ts";
import { VirtualClock } from "../../../src/core/virtual-clock.ts";
import { failureOf, get, httpsRig, OK } from "./https-rig.ts";
import { tlsServer } from "./test-server.ts";

const rig = httpsRig();

describe("limits and stops", () => {
  it("ends an answer that falls silent at the idle limit", async () => {
    const clock = new VirtualClock();
    const limits = { idle: seconds(5) };
    const { port } = await rig.started(
      tlsServer(rig.good, (socket) => {
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc", () => void clock.advance(seconds(5)));
      }),
    );
    expect(await failureOf(rig.client({ clock, limits }).exchange(get(port)))).toMatchObject({
      code: "transport.timeout",
      facts: { step: "answer", limit: { value: 5000, unit: "ms" } },
    });
  });

  it("ends an answer that trickles at the limit of the exchange", async () => {
    const clock = new VirtualClock();
    const { port } = await rig.started(
      tlsServer(rig.good, (socket) => {
        const drip = (): void => {
          socket.write("x", () => void clock.advance(seconds(1)).then(() => setImmediate(drip)));
        };
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n", drip);
      }),
    );
    const error = await failureOf(rig.client({ clock, limits: { idle: seconds(20) } }).exchange(get(port)));
    expect(error.code).toBe("transport.timeout");
  });

  it("rejects with the reason when it is stopped before, and opens no connection", async () => {
    const stop = new AbortController();
    stop.abort(new StationError("station.aborted", "stopped by a person"));
    expect(await failureOf(rig.client().exchange(get(1), stop.signal))).toMatchObject({ code: "station.aborted" });
  });

  it("rejects with the reason when it is stopped while waiting, and cuts the connection", async () => {
    const stop = new AbortController();
    const closed: { seen: () => void } = { seen: () => undefined };
    const closing = new Promise<void>((resolve) => (closed.seen = resolve));
    const { port } = await rig.started(
      tlsServer(rig.good, (socket) => {
        socket.on("close", () => closed.seen());
        stop.abort(new StationError("station.aborted", "stopped by a person"));
      }),
    );
    expect(await failureOf(rig.client().exchange(get(port), stop.signal))).toMatchObject({ code: "station.aborted" });
    await expect(closing).resolves.toBeUndefined();
  });

  it("leaves no timer behind", async () => {
    const clock = new VirtualClock();
    const { port } = await rig.answering(OK);
    await rig.client({ clock }).exchange(get(port));
    await clock.advance(milliseconds(0));
    expect(clock.untilNext()).toBeUndefined();
  });
});
