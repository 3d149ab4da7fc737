import { seconds } from "../../src/core/duration.ts";
import { asStationError, type StationError } from "../../src/core/error.ts";
import type { Secret } from "../../src/core/secret.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { connectDtls } from "../../src/dtls/connect-dtls.ts";
import type { DtlsConnection } from "../../src/dtls/dtls-connection.ts";
import type { DtlsClientOptions, DtlsServer, DtlsServerOptions } from "../../src/dtls/dtls-options.ts";
import { listenDtls } from "../../src/dtls/listen-dtls.ts";
import { DatagramNetwork, type Weather } from "./datagram-network.ts";
import type { TestPki } from "./dtls-pki.ts";

export const SERVER_PORT = 5684;
export const SERVER_ADDRESS = { host: "127.0.0.1", port: SERVER_PORT };

/** Client and server over a simulated network, with everything that the server saw. */
export type DtlsRig = {
  readonly clock: VirtualClock;
  readonly network: DatagramNetwork;
  readonly server: DtlsServer;
  readonly accepted: DtlsConnection[];
  readonly refused: StationError[];
  readonly atServer: string[];
  /** Connects while the clock runs. @throws what connecting throws */
  readonly connect: (options?: Partial<DtlsClientOptions>) => Promise<DtlsConnection>;
};

/** A server whose connections answer every message with itself. */
export async function dtlsRig(
  pki: TestPki,
  options: { readonly weather?: Weather; readonly seed?: number; readonly server?: Partial<DtlsServerOptions> } = {},
): Promise<DtlsRig> {
  const clock = new VirtualClock(Date.now() + 60_000);
  const network = new DatagramNetwork(clock, options.weather, options.seed);
  const [accepted, refused, atServer]: [DtlsConnection[], StationError[], string[]] = [[], [], []];
  const server = await listenDtls({
    ...identity(pki, "leaf", "int"),
    port: SERVER_PORT,
    clock,
    openPort: async (at) => network.open(at.port),
    onConnection: (connection) => {
      accepted.push(connection);
      connection.onMessage((data) => {
        atServer.push(Buffer.from(data).toString());
        connection.send(data);
      });
    },
    onRefused: (error) => refused.push(error),
    ...options.server,
  });
  const connect: DtlsRig["connect"] = (more = {}) => {
    const openPort = async () => network.open(0);
    const base = { host: "127.0.0.1", port: SERVER_PORT, ca: pki.text("root.pem"), clock, openPort };
    return whileTimeRuns(clock, connectDtls({ ...base, ...more }));
  };
  return { clock, network, server, accepted, refused, atServer, connect };
}

/** A certificate chain of the PKI and the leaf's key. */
export function identity(
  pki: TestPki,
  ...names: readonly string[]
): { readonly certificate: string; readonly key: Secret } {
  return { certificate: pki.chain(...names), key: pki.key(names[0] ?? "") };
}

/** Advances the clock until the work is settled, at most ten minutes. */
export async function whileTimeRuns<T>(clock: VirtualClock, work: Promise<T>): Promise<T> {
  const state = { settled: false };
  const settling = work.finally(() => (state.settled = true));
  settling.catch(() => undefined);
  for (let turn = 0; turn < 6000 && !state.settled; turn++) await clock.advance(seconds(0.1));
  return settling;
}

/** The error that the work fails with. */
export async function failureOf(work: Promise<unknown>): Promise<StationError> {
  return work.then(
    () => Promise.reject(new TypeError("it did not fail")),
    (error: unknown) => asStationError(error),
  );
}

/** Sends a text and waits for its echo, repeating it as an application does. */
export async function echo(rig: DtlsRig, connection: DtlsConnection, text: string): Promise<string> {
  const answers: string[] = [];
  connection.onMessage((data) => answers.push(Buffer.from(data).toString()));
  for (let attempt = 0; attempt < 40 && !answers.includes(text); attempt++) {
    connection.send(Buffer.from(text));
    await rig.clock.advance(seconds(1));
  }
  return answers.find((answer) => answer === text) ?? "";
}
