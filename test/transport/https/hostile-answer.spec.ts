import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StationError } from "../../../src/core/error.ts";
import { get, httpsRig } from "./https-rig.ts";
import { tlsServer } from "./test-server.ts";

const rig = httpsRig();
const GOOD = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Y: z\r\n\r\nhello";

const mutated = fc
  .array(fc.tuple(fc.nat(GOOD.length), fc.nat(3), fc.string({ maxLength: 8, unit: "binary-ascii" })), { maxLength: 4 })
  .map((edits) => edits.reduce((text, [at, cut, add]) => text.slice(0, at) + add + text.slice(at + cut), GOOD));

describe("any answer of a server", () => {
  it("ends as an answer or as a transport error", async () => {
    const script = { text: "" };
    const { port } = await rig.started(tlsServer(rig.good, (socket) => socket.end(script.text, "latin1")));
    const client = rig.client({ limits: { answerBytes: 4096 } });
    await fc.assert(
      fc.asyncProperty(fc.oneof(mutated, fc.string({ maxLength: 200 })), async (text) => {
        script.text = text;
        const result: unknown = await client.exchange(get(port)).catch((error: unknown) => error);
        const kind = result instanceof StationError ? result.code : typeof (result as { status?: unknown }).status;
        expect(kind).toMatch(/^(?:number|transport\..+)$/);
      }),
      { numRuns: 150 },
    );
  });
});
