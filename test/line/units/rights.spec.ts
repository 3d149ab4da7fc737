import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Secret } from "../../../src/core/secret.ts";
import { seconds } from "../../../src/core/duration.ts";
import { NatsAccounts } from "../../fakes/line/nats-accounts.ts";
import { NatsServer } from "../../fakes/line/nats-server.ts";
import { LineStation, unitOf } from "./line-station.ts";

/** What docs/line-units.md says that a station's account needs. */
const RIGHTS = {
  publish: [
    ...["$KV.STATION_LEASES.*", "$KV.STATION_PASSED.*", "$JS.API.STREAM.INFO.KV_STATION_LEASES"],
    ...["$JS.API.STREAM.MSG.GET.KV_STATION_LEASES", "$JS.API.STREAM.MSG.GET.KV_STATION_PASSED"],
  ],
  subscribe: ["_INBOX.>"],
};

describe("a station with no more rights than the docs tell", () => {
  const accounts = new NatsAccounts();
  let server: NatsServer;
  const stations: LineStation[] = [];
  const open = (number: number, credentials: string): LineStation => {
    const station = new LineStation(number, [server.url], {}, undefined, { credentials: new Secret(credentials) });
    stations.push(station);
    return station;
  };

  beforeAll(async () => {
    server = await NatsServer.start({ config: accounts.config });
    await open(1, accounts.credentials("engineer")).setUp(seconds(30));
  });
  afterAll(async () => {
    await Promise.all(stations.map((station) => station.close()));
    await server.stop();
  });

  it("claims units, tells what passed, gives back, and is refused by others", async () => {
    const [a, b] = [open(2, accounts.credentials("a", RIGHTS)), open(3, accounts.credentials("b", RIGHTS))];
    const mine = await a.ask(unitOf(1), false);
    expect(mine.refusal).toBeUndefined();
    expect((await b.ask(unitOf(1))).refusal?.code).toBe("line.unit-elsewhere");
    a.end(mine, "PASS");
    await expect.poll(async () => (await b.ask(unitOf(1), false)).refusal?.code).toBe("line.passed-before");
  });

  it("refuses its runs within the limit when its credentials have none of them", async () => {
    const none = open(4, accounts.credentials("none", { publish: ["nothing"], subscribe: ["_INBOX.>"] }));
    const since = performance.now();
    expect((await none.ask(unitOf(2))).refusal?.code).toMatch(/^line\.(refused|away)$/);
    expect(performance.now() - since).toBeLessThan(4000);
  });
});
