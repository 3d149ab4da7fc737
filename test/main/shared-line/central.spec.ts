import { expect, it } from "vitest";
import { Central, type CentralReader } from "../../../main/shared-line/central.ts";
import { LineSecrets } from "../../../main/shared-line/line-secrets.ts";
import { Secret } from "../../../src/core/secret.ts";
import { StationError } from "../../../src/core/error.ts";
import { failureOf } from "../../audit/samples.ts";
import { vaultRig } from "../vault/vault-rig.ts";

const vaults = vaultRig();

async function rig() {
  const secrets = new LineSecrets(await vaults().open());
  const did: string[] = [];
  const makes: (() => Promise<CentralReader>)[] = [];
  const central = new Central(secrets, () => makes.shift()?.() ?? Promise.reject(new TypeError("not asked for")));
  const reader = (name: string): CentralReader =>
    ({ close: () => Promise.resolve(void did.push(`${name} closed`)) }) as unknown as CentralReader;
  return { secrets, central, makes, did, reader };
}

it("is looked for anew after it could not be opened", async () => {
  const { secrets, central, makes, reader } = await rig();
  expect(await failureOf(central.reader())).toMatchObject({ code: "desktop.no-central" });
  await secrets.keepDatabase(new Secret("central.db"), false);
  const first = reader("first");
  makes.push(() => Promise.resolve(first));
  expect(await central.reader()).toBe(first);
  expect(await central.reader()).toBe(first);
});

it("keeps the reader of a new address though the one of the old address fails later", async () => {
  const { secrets, central, makes, did, reader } = await rig();
  await secrets.keepDatabase(new Secret("central.db"), false);
  const late: { reject: (error: StationError) => void } = { reject: () => undefined };
  const second = reader("second");
  makes.push(
    () => new Promise((_resolve, reject) => (late.reject = reject)),
    () => Promise.resolve(second),
  );
  const old = failureOf(central.reader());
  const renewed = central.renew();
  expect(await central.reader()).toBe(second);
  late.reject(new StationError("collect.unreachable", "nothing listens there"));
  expect(await old).toMatchObject({ code: "collect.unreachable" });
  await renewed;
  expect(await central.reader()).toBe(second);
  await central.renew();
  expect(did).toEqual(["second closed"]);
});
