import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { serverAddress } from "../../../src/contract/line-file.ts";
import { StationError } from "../../../src/core/error.ts";
import { Secret } from "../../../src/core/secret.ts";
import { loadLine, resolveLine, type LineSecrets } from "../../../src/station/files/line-file.ts";
import { failureOf } from "../../audit/samples.ts";
import { tlsFiles } from "../../fakes/line/test-line.ts";

let folder = "";
const tls = tlsFiles();
const BASE = 'schema: 1\nname: line 7\nstation: { name: a1 }\nservers: ["tls://nats1.example:4222"]\n';
const CREDENTIALS = "credentials: { file: a1.creds }\n";
const NOTHING: LineSecrets = { environment: {} };

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "line-file-"));
  writeFileSync(join(folder, "a1.creds"), "SUSEED\n");
  writeFileSync(join(folder, "ca.pem"), tls.ca);
  writeFileSync(join(folder, "no.pem"), "nothing");
  writeFileSync(join(folder, "kim.jwk"), "{}");
});
afterAll(() => {
  rmSync(folder, { recursive: true });
  tls.remove();
});

const read = (text: string, secrets: LineSecrets = NOTHING) => resolveLine(text, join(folder, "line.yaml"), secrets);

describe("a line file", () => {
  it("has defaults, and what it names is read from beside it", async () => {
    writeFileSync(
      join(folder, "line.yaml"),
      `${BASE}${CREDENTIALS}ca: ca.pem\ndocuments: { trust: [kim.jwk], require: true }\n`,
    );
    const line = await loadLine(join(folder, "line.yaml"), NOTHING);
    expect(line).toMatchObject({
      limits: { connectSeconds: 5, requestSeconds: 3 },
      interlock: { whenAway: "refuse", leaseSeconds: 30, training: false },
      documents: { trust: ["{}"], require: true },
      results: true,
      ca: tls.ca,
    });
    expect(line.credentials?.reveal()).toBe("SUSEED\n");
    expect(JSON.stringify(line)).not.toContain("SUSEED");
  });

  it("takes credentials from the environment or the vault", async () => {
    const named = `${BASE}credentials: { environment: LINE_CREDS }\n`;
    expect((await read(named, { environment: { LINE_CREDS: "x" } })).credentials?.reveal()).toBe("x");
    expect(await failureOf(() => read(named))).toMatchObject({ code: "file.secret-missing" });
    const kept = `${BASE}credentials: { vault: true }\n`;
    expect((await read(kept, { environment: {}, vault: new Secret("y") })).credentials?.reveal()).toBe("y");
    expect(await failureOf(() => read(kept))).toMatchObject({ code: "file.secret-missing" });
  });

  const wrong: readonly (readonly [string, string, string])[] = [
    ["servers without TLS elsewhere", BASE.replace("tls://nats1.example", "nats://10.0.0.1"), "servers[0]"],
    ["servers of both kinds", BASE.replace("4222", '4222", "nats://localhost:4222'), "servers"],
    ["TLS without credentials", BASE, "credentials"],
    ["a CA without TLS", `${BASE.replace("tls://nats1.example", "nats://localhost")}ca: ca.pem\n`, "ca"],
    ["a CA that is none", `${BASE}${CREDENTIALS}ca: no.pem\n`, "ca"],
    ["a key file that is not there", `${BASE}${CREDENTIALS}documents: { trust: [kim.jwk, lee.jwk] }\n`, "trust[1]"],
    ["a station's name with blanks", BASE.replace("a1", '"A 1"'), "station.name"],
    ["an unknown field", `${BASE}${CREDENTIALS}stream: mine\n`, "stream"],
    ["a lease that is too short", `${BASE}${CREDENTIALS}interlock: { leaseSeconds: 1 }\n`, "interlock"],
    ["no server", BASE.replace('"tls://nats1.example:4222"', ""), "servers"],
  ];
  for (const [what, text, field] of wrong)
    it(`with ${what} is refused, with the place`, async () => {
      const error = await failureOf(() => read(text));
      expect(error).toBeInstanceOf(StationError);
      expect(JSON.stringify(error.facts) + error.message).toContain(field);
    });

  it("of any content is read or refused by an error of the table", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.string().map((text) => BASE + text),
        ),
        async (text) => {
          const outcome = await read(text).catch((error: unknown) => error);
          expect(outcome instanceof StationError || typeof outcome === "object").toBe(true);
        },
      ),
      { numRuns: 200 },
    );
  });
});

it("an address has scheme, host and port", () => {
  expect(serverAddress("tls://[::1]:4222")).toEqual({ scheme: "tls", host: "[::1]", port: 4222 });
  for (const text of ["tls://a", "tls://a:0", "tls://a:65536", "http://a:1", "tls://user:pass@a:1", "tls://a:1/x", ""])
    expect(serverAddress(text)).toBeUndefined();
});
