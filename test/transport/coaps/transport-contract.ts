import { afterEach, describe, expect, it } from "vitest";
import type { CoapHandler, CoapRequestIn } from "../../../src/coap/server-request.ts";
import type { CoapTransport } from "../../../src/provisioning/transport.ts";

/** A transport with a server behind it whose handler a test gives. */
export type TransportRig = {
  readonly transport: CoapTransport;
  /** Runs work to its end, on whatever clock there is. */
  readonly finish: <T>(work: Promise<T>) => Promise<T>;
  readonly stop: () => Promise<void>;
};

const filled = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, index) => (index * 11 + 5) % 251);

/** What every CoAP transport must do, on a simulated network and on real ones. */
export function describeCoapTransport(name: string, open: (handler: CoapHandler) => Promise<TransportRig>): void {
  describe(name, () => {
    const rigs: TransportRig[] = [];
    afterEach(async () => {
      for (const rig of rigs.splice(0)) await rig.stop();
    });
    const start = async (handler: CoapHandler) => {
      const requests: CoapRequestIn[] = [];
      const rig = await open((request) => {
        requests.push(request);
        return handler(request);
      });
      rigs.push(rig);
      return { ...rig, requests };
    };

    it("sends path, query, format and payload as the protocol writes them", async () => {
      const { transport, finish, requests } = await start(() => ({ code: "2.01" }));
      const association = await finish(transport.connect());
      const path = "p/auth-jwt?mver=mfw_nrf91x1_2.0.2&cver=3.2.0";
      const payload = filled(400);
      const asked = association.exchange({ method: "POST", confirmable: true, path, contentFormat: 60, payload });
      expect(await finish(asked)).toEqual({ code: "2.01", payload: new Uint8Array() });
      expect(requests).toEqual([
        {
          ...{ code: "0.02", path: ["p", "auth-jwt"], query: ["mver=mfw_nrf91x1_2.0.2", "cver=3.2.0"] },
          ...{ contentFormat: 60, accept: undefined, payload },
        },
      ]);
      await finish(association.close());
    });

    it.each([0, 512, 2304, 8192])("takes an answer of %i bytes whole", async (size) => {
      const { transport, finish } = await start(() => ({ code: "2.05", contentFormat: 60, payload: filled(size) }));
      const association = await finish(transport.connect());
      const asked = association.exchange({ method: "GET", confirmable: true, path: "p/cmd?after=&limit=10" });
      expect(await finish(asked)).toEqual({ code: "2.05", payload: filled(size) });
    });

    it.each([513, 8192])("sends a report of %i bytes whole", async (size) => {
      const { transport, finish, requests } = await start(() => ({ code: "2.04" }));
      const association = await finish(transport.connect());
      const report = {
        method: "POST",
        confirmable: true,
        path: "p/rsp",
        contentFormat: 60,
        payload: filled(size),
      } as const;
      expect((await finish(association.exchange(report))).code).toBe("2.04");
      expect(requests.map(({ payload }) => payload)).toEqual([filled(size)]);
    });

    it("suspends with a message that is not confirmable", async () => {
      const { transport, finish, requests } = await start(() => ({ code: "2.04" }));
      const association = await finish(transport.connect());
      const asked = association.exchange({ method: "POST", confirmable: false, path: "/.dtls/suspend" });
      expect((await finish(asked)).code).toBe("2.04");
      expect(requests[0]?.path).toEqual([".dtls", "suspend"]);
    });

    it("keeps associations apart, each with its own server session", async () => {
      const { transport, finish } = await start(({ query }) => ({ code: "2.05", payload: Buffer.from(query.join()) }));
      const [first, second] = [await finish(transport.connect()), await finish(transport.connect())];
      const ask = (association: typeof first, word: string) =>
        association.exchange({ method: "GET", confirmable: true, path: `p/cmd?after=${word}` });
      const answers = await finish(Promise.all([ask(first, "a"), ask(second, "b")]));
      expect(answers.map(({ payload }) => Buffer.from(payload).toString())).toEqual(["after=a", "after=b"]);
    });

    it("hands error codes through as answers", async () => {
      const { transport, finish } = await start(() => ({ code: "4.01" }));
      const association = await finish(transport.connect());
      expect((await finish(association.exchange({ method: "GET", confirmable: true, path: "p/cmd" }))).code).toBe(
        "4.01",
      );
    });

    it("refuses to ask after it was closed", async () => {
      const { transport, finish } = await start(() => ({ code: "2.05" }));
      const association = await finish(transport.connect());
      await finish(association.close());
      const asked = finish(association.exchange({ method: "GET", confirmable: true, path: "p/cmd" }));
      await expect(asked).rejects.toMatchObject({ code: "coap.closed" });
    });

    it("stops waiting at once when the signal says so", async () => {
      const { transport, finish } = await start(() => new Promise(() => undefined));
      const association = await finish(transport.connect());
      const stop = new AbortController();
      const asked = association.exchange({ method: "GET", confirmable: true, path: "p/cmd" }, stop.signal);
      stop.abort();
      await expect(finish(asked)).rejects.toMatchObject({ code: "station.aborted" });
    });
  });
}
