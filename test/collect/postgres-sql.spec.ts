import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { parseCentralAddress } from "../../src/collect/central-address.ts";
import { openSession } from "../../src/collect/open-central.ts";
import { seconds } from "../../src/core/duration.ts";
import { Secret } from "../../src/core/secret.ts";
import { PostgresServer } from "../fakes/postgres-server.ts";

let server: PostgresServer;

beforeAll(async () => {
  server = await PostgresServer.start();
});

afterAll(() => server.stop());

it("a session ends though its server stands still and never takes leave", async () => {
  const address = parseCentralAddress(new Secret(server.address()));
  const sql = await openSession(address, { readOnly: true, program: "spec" });
  const [[backend] = []] = await sql.all("SELECT pg_backend_pid()");
  process.kill(Number(backend), "SIGSTOP");
  try {
    await sql.close();
    await sql.close();
    await expect(sql.all("SELECT 1")).rejects.toMatchObject({ code: "collect.lost" });
  } finally {
    process.kill(Number(backend), "SIGCONT");
  }
});

it("a session that is told to end does not wait for a long statement", async () => {
  const address = parseCentralAddress(new Secret(server.address()));
  const ending = new AbortController();
  const sql = await openSession(address, { readOnly: true, program: "spec", signal: ending.signal });
  const asked = sql.all("SELECT pg_sleep(600)");
  ending.abort();
  await expect(asked).rejects.toMatchObject({ code: "collect.lost" });
  await sql.close();
});

it("a session that is told to end does not wait for a server that says nothing", async () => {
  const silent = createServer().listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as AddressInfo;
  const address = parseCentralAddress(new Secret(`postgres://postgres:x@127.0.0.1:${port}/postgres`));
  const ending = new AbortController();
  try {
    const connectLimit = seconds(600);
    const opening = openSession(address, { readOnly: true, program: "spec", connectLimit, signal: ending.signal });
    ending.abort();
    await expect(opening).rejects.toMatchObject({ code: "collect.lost" });
  } finally {
    silent.close();
  }
});
