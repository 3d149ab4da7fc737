// Makes the fixture of the embedded service's newest schema, as a service that was killed leaves it:
// `node scripts/service-fixture.ts [SRC]`. SRC: the folder `src` of another version, whose schema is then the fixture's.
// A fixture is made once, when its schema is new, and never again: it is what later versions find on the disks of others.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import Database from "better-sqlite3";
import { decodeCommandList } from "../src/provisioning/command-list-decoder.ts";
import type { RunningService, ServiceOptions } from "../src/service/start-service.ts";
import { FakeDevice, report, successOf } from "../test/service/support/fake-device.ts";
import { ask } from "../test/service/support/harness.ts";
import { dump } from "./dump-database.ts";

type Starting = { readonly startService: (options: ServiceOptions) => Promise<RunningService> };

const FIXTURES = join(import.meta.dirname, "..", "test", "fixtures", "databases");

const source = resolve(process.argv[2] ?? join(import.meta.dirname, "..", "src"));
const { startService } = (await import(pathToFileURL(join(source, "service", "start-service.ts")).href)) as Starting;
const dir = mkdtempSync(join(tmpdir(), "service-fixture-"));
const service = await startService({ dir, httpsPort: 0, ownerPort: 0 });
const ca = readFileSync(service.caFile, "utf8");
const devices = { used: new FakeDevice(), fresh: new FakeDevice(), stranger: new FakeDevice() };
await fill();

const copy = join(dir, "copy.sqlite");
for (const part of ["", "-wal"]) copyFileSync(join(dir, `service.sqlite${part}`), `${copy}${part}`);
const db = new Database(copy);
const target = join(FIXTURES, `service-schema-${String(db.pragma("user_version", { simple: true }))}`);
if (existsSync(target)) {
  process.stderr.write(`${target} is there already: a fixture is never made again\n`);
  process.exit(1);
}
mkdirSync(target);
writeFileSync(join(target, "service.sql"), dump(db));
copyFileSync(join(dir, "owner-key"), join(target, "owner-key"));
const keys = Object.entries(devices).map(([name, { uuid, key }]) => [
  name,
  { uuid, key: key.export({ type: "pkcs8", format: "pem" }) },
]);
writeFileSync(join(target, "devices.json"), `${JSON.stringify(Object.fromEntries(keys), undefined, 1)}\n`);
// As kill -9: nothing is closed.
process.exit(0);

/** Two claimed devices, one that is not claimed; commands in every state; a rule and a tag. */
async function fill(): Promise<void> {
  const { used, fresh, stranger } = devices;
  await owner("/v1/provisioning/tags", { tag: "line-1", description: "First line" });
  const finished = { description: "end", request: { finished: {} } };
  await owner("/v1/provisioning-rules", {
    ...{ name: "All of line 1", description: "", active: true, commands: [finished], tags: ["line-1"] },
  });
  await owner("/v1/claimed-devices", { claimToken: used.attestation(), tags: [] });
  await owner("/v1/claimed-devices", { claimToken: fresh.attestation(), tags: ["line-1"] });
  const queue = (request: object): Promise<void> =>
    owner(`/v1/claimed-devices/${used.uuid}/provisioning`, { description: "kept", request });
  await queue({ endorsementKeyGeneration: { secTag: 4 } });
  await queue({ finished: {} });
  const commands = decodeCommandList(await fetched(used), { records: 20, input: "canonical" });
  await asDevice(used, "response", report(successOf(commands, used)));
  await queue({ endorsementKeyGeneration: { secTag: 5 } });
  await fetched(used);
  await queue({ finished: {} });
  await fetched(stranger);
}

async function owner(path: string, value: object): Promise<void> {
  const headers = { Authorization: `Bearer ${service.ownerKey.reveal()}`, "Content-Type": "application/json" };
  const { status, body } = await ask(`${service.owner}${path}`, ca, {
    ...{ method: "POST", headers, body: JSON.stringify(value) },
  });
  if (status >= 300) throw new TypeError(`${path} answered ${status}: ${body.toString()}`);
}

/** The list of commands as a device gets it. */
function fetched(device: FakeDevice): Promise<Buffer> {
  return asDevice(device, "commands?after=&rxMaxSize=2304&txMaxSize=2304&limit=10");
}

async function asDevice(device: FakeDevice, path: string, body?: Buffer): Promise<Buffer> {
  const headers = { Authorization: `Bearer ${device.jwt()}` };
  const what = body === undefined ? {} : { method: "POST", body };
  const type = body === undefined ? {} : { "Content-Type": "application/cbor" };
  const reply = await ask(`${service.https}/v1/provisioning/${path}`, ca, {
    ...what,
    headers: { ...headers, ...type },
  });
  return reply.body;
}
