import { describe, expect, it } from "vitest";
import { OwnerKeys } from "../../../main/service/owner-keys.ts";
import { fingerprintOf } from "../../../main/vault/vault.ts";
import { Secret } from "../../../src/core/secret.ts";
import { fakeSystem, KEY, vaultRig } from "../vault/vault-rig.ts";

const rig = vaultRig();
const PROFILE = { owner: { base: "https://api.example/v1", keyEnv: "NRF_CLOUD_API_KEY" } };
const ELSEWHERE = { owner: { base: "https://elsewhere.example/v1" } };
const ID = "nrf-cloud";

describe("the owner's key of a profile", () => {
  it("comes from the environment first, then from the vault, then from memory", async () => {
    const { open } = rig();
    const vault = await open();
    const keys = new OwnerKeys(vault, {});
    expect((await keys.find(ID, PROFILE)).facts).toEqual({ from: "none" });
    await keys.enter(ID, PROFILE, KEY, "session");
    expect((await keys.find(ID, PROFILE)).facts).toEqual({ from: "session", fingerprint: fingerprintOf(KEY) });
    const kept = new Secret("kept");
    await keys.enter(ID, PROFILE, kept, "vault");
    expect((await keys.find(ID, PROFILE)).facts).toMatchObject({ from: "vault", fingerprint: fingerprintOf(kept) });
    const given = new OwnerKeys(vault, { NRF_CLOUD_API_KEY: "given" });
    expect((await given.find(ID, PROFILE)).key?.reveal()).toBe("given");
    expect((await given.find(ID, PROFILE)).facts).toMatchObject({ from: "environment", variable: "NRF_CLOUD_API_KEY" });
  });

  it("that is held for the session is in no file, and gone with it", async () => {
    const { open, names } = rig();
    const vault = await open();
    await new OwnerKeys(vault, {}).enter(ID, PROFILE, KEY, "session");
    expect(names()).toEqual([]);
    expect((await new OwnerKeys(vault, {}).find(ID, PROFILE)).key).toBeUndefined();
  });

  it("for the session takes the place of a kept one", async () => {
    const { open } = rig();
    const vault = await open();
    const keys = new OwnerKeys(vault, {});
    await keys.enter(ID, PROFILE, new Secret("old"), "vault");
    await keys.enter(ID, PROFILE, KEY, "session");
    expect((await keys.find(ID, PROFILE)).key?.reveal()).toBe(KEY.reveal());
    expect(await vault.read(`owner-key:${ID}`, "https://api.example")).toBeUndefined();
  });

  it("does not follow a profile that is changed to lead elsewhere", async () => {
    const { open } = rig();
    const keys = new OwnerKeys(await open(), {});
    await keys.enter(ID, PROFILE, KEY, "vault");
    const found = await keys.find(ID, ELSEWHERE);
    expect(found).toMatchObject({ facts: { from: "none" }, problem: { code: "vault.other-address" } });
    expect(found.key).toBeUndefined();
    await keys.enter("b", PROFILE, KEY, "session");
    expect((await keys.find("b", ELSEWHERE)).key).toBeUndefined();
  });

  it("is known for orders once it was found or entered, and forgotten", async () => {
    const { open } = rig();
    const keys = new OwnerKeys(await open(), {});
    expect(keys.known(ID)).toBeUndefined();
    await keys.enter(ID, PROFILE, KEY, "session");
    expect(keys.known(ID)?.reveal()).toBe(KEY.reveal());
    await keys.forget(ID);
    expect(keys.known(ID)).toBeUndefined();
  });

  it("is not taken for a profile that has no owner's side", async () => {
    const { open } = rig();
    const keys = new OwnerKeys(await open(), {});
    await expect(keys.enter(ID, {}, KEY, "session")).rejects.toMatchObject({ code: "desktop.request" });
    expect((await keys.find(ID, {})).facts).toEqual({ from: "none" });
  });

  it("says why a kept one cannot be used, and uses the one in memory meanwhile", async () => {
    const { open } = rig();
    await new OwnerKeys(await open(fakeSystem("another machine")), {}).enter(ID, PROFILE, KEY, "vault");
    const keys = new OwnerKeys(await open(), {});
    expect(await keys.find(ID, PROFILE)).toMatchObject({ facts: { from: "none" }, problem: { code: "vault.sealed" } });
    await keys.enter(ID, PROFILE, KEY, "session");
    expect((await keys.find(ID, PROFILE)).facts.from).toBe("session");
  });
});
