import { afterAll, beforeAll, expect, it } from "vitest";
import { parseCentralAddress } from "../../src/collect/central-address.ts";
import { openSession } from "../../src/collect/open-central.ts";
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
