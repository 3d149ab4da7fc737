import { afterAll, beforeAll, describe, expect, it } from "vitest";
import * as owner from "../../src/cloud/owner-answer.ts";
import { seconds } from "../../src/core/duration.ts";
import { HttpsClient } from "../../src/transport/https/https-client.ts";
import { get, OK } from "../transport/https/https-rig.ts";
import { TestAuthority } from "../transport/https/test-authority.ts";
import { rawServer, tlsServer, type TestServer } from "../transport/https/test-server.ts";
import { assertSurvives, type Target } from "./support/fuzz.ts";
import { endOf } from "./support/refusal.ts";

const SECRET = "owners-api-key-0123456789";
const LARGEST = 8192;

const TARGET: Target = {
  corpus: "http-answer",
  dictionary: [
    ...[
      "\r\n",
      "\n",
      "\r",
      "\r\n\r\n",
      ":",
      " ",
      "\t",
      "\0",
      "\u00ff",
      "HTTP/1.1 200 OK\r\n",
      "HTTP/1.1 100 Continue\r\n\r\n",
    ],
    ...[
      "HTTP/2.0 200\r\n",
      "HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
      "Content-Length: 5\r\n",
    ],
    ...[
      "Content-Length: 99999999999999999999\r\n",
      "Content-Length: -1\r\n",
      "Transfer-Encoding: chunked\r\n",
      "ffffffffffffffff\r\n",
    ],
    ...[
      "0\r\n\r\n",
      "Content-Encoding: gzip\r\n",
      "Location: http://127.0.0.1/\r\n",
      "Retry-After: 1e99\r\n",
      "Set-Cookie: a=b\r\n",
    ],
    ...['{"', "[[[[", "]", "null", '"__proto__":{}', SECRET],
  ],
};

describe("a hostile service", () => {
  const ca = new TestAuthority("the right CA");
  const script: { bytes: Uint8Array } = { bytes: new Uint8Array() };
  const servers: { tls?: TestServer; raw?: TestServer } = {};

  beforeAll(async () => {
    servers.tls = await tlsServer(ca.issue(), (socket) => socket.end(script.bytes));
    servers.raw = await rawServer((socket) => socket.end(script.bytes));
  });

  afterAll(async () => {
    await servers.tls?.close();
    await servers.raw?.close();
  });

  const ask = (port: number): Promise<string> => {
    const limits = { answerBytes: LARGEST, idle: seconds(5), exchange: seconds(8), connect: seconds(5) };
    const headers = [
      ["Host", "localhost"],
      ["Authorization", `Bearer ${SECRET}`],
    ] as const;
    return endOf(async () => {
      const answer = await new HttpsClient({ ca: ca.pem, limits }).exchange(get(port, { headers }));
      expect(answer.status).toBeGreaterThan(99);
      expect(answer.body.length).toBeLessThan(LARGEST);
    }, [SECRET]);
  };

  it("over TLS is answered or refused within its limits, and the next good answer is read", async () => {
    const port = servers.tls?.port ?? 0;
    await assertSurvives({ ...TARGET, cost: 5 }, async ({ bytes }) => {
      script.bytes = bytes;
      expect(await ask(port)).toMatch(/^(?:taken|transport\.)/);
    });
    script.bytes = Buffer.from(OK);
    expect(await ask(port)).toBe("taken");
  });

  it("below TLS is refused", async () => {
    await assertSurvives({ ...TARGET, cost: 8 }, async ({ bytes }) => {
      script.bytes = bytes;
      expect(await ask(servers.raw?.port ?? 0)).toMatch(/^transport\./);
    });
  });

  it("cannot make an owner's call fail otherwise than by the table, and no refusal repeats what it sent in full", async () => {
    const parsers: readonly ((answer: { readonly status: number; readonly body: Uint8Array }) => unknown)[] = [
      ...[owner.parseClaim, owner.parseDryRun, owner.parseUnit, owner.parseRemoval, owner.parseQueued],
      ...[owner.parseCommands, owner.parseRules, owner.parseBulkClaim],
      (answer) => owner.parseCommand(answer, "c"),
    ];
    await assertSurvives(TARGET, async ({ bytes }) => {
      const head = Buffer.from(bytes).indexOf("\r\n\r\n");
      for (const body of [bytes, bytes.subarray(head < 0 ? 0 : head + 4)])
        for (const status of [200, 201, 202, 400, 409, 429, 500])
          for (const parse of parsers) expect(await endOf(() => parse({ status, body }))).toMatch(/^(?:taken|cloud\.)/);
    });
  });
});
