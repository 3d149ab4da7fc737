import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TestMessageSchema, type TestMessage } from "../../src/contract/service-test-helper.ts";
import { realClock } from "../../src/core/real-clock.ts";
import { answerOrder } from "../../src/probe/answer-order.ts";
import { httpsRig } from "../transport/https/https-rig.ts";
import { KEY, profileAt } from "./probe-rig.ts";

const rig = httpsRig();

async function told(raw: unknown): Promise<readonly TestMessage[]> {
  const messages: TestMessage[] = [];
  await answerOrder(raw, (message) => messages.push(message), realClock);
  return messages;
}

describe("the test's helper", () => {
  it("tells every change of the test, then its end, in the agreed form and without the key", async () => {
    const device = await rig.answering("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
    const owner = await rig.answering('HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n{"items":[]}');
    const profile = profileAt({ https: device.port, owner: owner.port }, rig.ca.pem);
    const messages = await told({ profile, ownerKey: KEY.reveal() });
    for (const message of messages) expect(TestMessageSchema.parse(structuredClone(message))).toEqual(message);
    expect(messages.at(-1)).toMatchObject({ kind: "ended", test: { state: "passed" } });
    expect(messages.slice(0, -1).every(({ kind }) => kind === "changed")).toBe(true);
    expect(JSON.stringify(messages)).not.toContain(KEY.reveal());
  });

  it("answers anything that is no order with a failure", async () => {
    await fc.assert(
      fc.asyncProperty(fc.anything(), async (raw) => {
        expect((await told(raw)).map(({ kind }) => kind)).toEqual(["failed"]);
      }),
      { numRuns: 100 },
    );
  });
});
