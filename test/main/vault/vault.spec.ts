import { chmodSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseVault, vaultText } from "../../../main/vault/vault-file.ts";
import { fingerprintOf } from "../../../main/vault/vault.ts";
import { Secret } from "../../../src/core/secret.ts";
import { ADDRESS, fakeSystem, KEY, vaultRig } from "./vault-rig.ts";

const rig = vaultRig();
const NAME = "owner-key:nrf-cloud";
const CODE = (code: string) => expect.objectContaining({ code }) as unknown;

describe("a kept secret", () => {
  it("is there again when the vault is opened anew, and nowhere in the file", async () => {
    const { open, everything, file } = rig();
    await (await open()).keep(NAME, KEY, ADDRESS);
    const again = await open();
    expect((await again.read(NAME, ADDRESS))?.reveal()).toBe(KEY.reveal());
    expect(again.facts(NAME)).toEqual({
      ...{ protection: "system", fingerprint: fingerprintOf(KEY), keptAt: "2026-01-01T00:00:00.000Z" },
    });
    const text = everything();
    for (const form of [KEY.reveal(), Buffer.from(KEY.reveal()).toString("base64").slice(0, 20)])
      expect(text).not.toContain(form);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it("is replaced and forgotten", async () => {
    const { open } = rig();
    const vault = await open();
    await vault.keep(NAME, KEY, ADDRESS);
    await vault.keep(NAME, new Secret("another"), ADDRESS);
    expect((await vault.read(NAME, ADDRESS))?.reveal()).toBe("another");
    await vault.forget(NAME);
    expect(await (await open()).read(NAME, ADDRESS)).toBeUndefined();
    await vault.forget(NAME);
  });

  it("is not given out for another address, and an entry under another's name is refused", async () => {
    const { open, file } = rig();
    const vault = await open();
    await vault.keep(NAME, KEY, ADDRESS);
    await expect(vault.read(NAME, "https://elsewhere.example")).rejects.toThrow(CODE("vault.other-address"));
    writeFileSync(file, readFileSync(file, "utf8").replace(NAME, "owner-key:other"));
    await expect((await open()).read("owner-key:other", ADDRESS)).rejects.toThrow(CODE("vault.sealed"));
  });

  it("stays as it was when another one is too large to be read again", async () => {
    const { open } = rig();
    const vault = await open();
    await vault.keep(NAME, KEY, ADDRESS);
    await expect(vault.keep("credentials", new Secret("x".repeat(65_536)), ADDRESS)).rejects.toThrow(
      CODE("vault.too-large"),
    );
    expect(vault.facts("credentials")).toBeUndefined();
    const again = await open();
    expect(again.problem).toBeUndefined();
    expect((await again.read(NAME, ADDRESS))?.reveal()).toBe(KEY.reveal());
  });

  it("stays as it was when two are kept at once", async () => {
    const { open } = rig();
    const vault = await open();
    await Promise.all(["a", "b", "c"].map((name) => vault.keep(name, new Secret(`secret of ${name}`), ADDRESS)));
    const again = await open();
    for (const name of ["a", "b", "c"]) expect((await again.read(name, ADDRESS))?.reveal()).toBe(`secret of ${name}`);
  });
});

describe("a computer without a store for keys", () => {
  const none = fakeSystem("nobody", false);

  it("keeps nothing, and says so", async () => {
    const { open, names } = rig();
    const vault = await open(none);
    expect(await vault.protection()).toBe("file");
    await expect(vault.keep(NAME, KEY, ADDRESS)).rejects.toThrow(CODE("vault.unprotected"));
    expect(names()).toEqual([]);
  });

  it("keeps it when an engineer insists, says so ever after, and still not as plain text", async () => {
    const { open, everything, names } = rig();
    await (await open(none)).keep(NAME, KEY, ADDRESS, true);
    const again = await open(none);
    expect(again.facts(NAME)?.protection).toBe("file");
    expect((await again.read(NAME, ADDRESS))?.reveal()).toBe(KEY.reveal());
    expect(names()).toEqual(["vault.json", "vault.key"]);
    expect(everything()).not.toContain(KEY.reveal());
  });

  it("counts as one when its store does not answer", async () => {
    const { open } = rig();
    const broken = { ...none, protects: () => Promise.reject(new Error("no bus")) };
    expect(await (await open(broken)).protection()).toBe("file");
  });
});

describe("a vault that cannot be used", () => {
  it("of another machine says so, and is kept aside when the key is entered again", async () => {
    const { open, names } = rig();
    await (await open(fakeSystem("another machine"))).keep(NAME, KEY, ADDRESS);
    const vault = await open();
    await expect(vault.read(NAME, ADDRESS)).rejects.toThrow(CODE("vault.sealed"));
    await vault.keep(NAME, KEY, ADDRESS);
    expect((await vault.read(NAME, ADDRESS))?.reveal()).toBe(KEY.reveal());
    expect(names()).toEqual(["vault.json", "vault.json.unopened-20260101T000000Z"]);
  });

  it.each(["", "{", "[]", `{"vault":2,"entries":[]}`, `{"vault":1,"entries":[{"name":"a"}]}`, "\u0000\u0000"])(
    "and is damaged (%j) is set aside, and keys can be kept anew",
    async (text) => {
      const { open, names, file } = rig();
      writeFileSync(file, text);
      const vault = await open();
      expect(vault.problem).toMatchObject({ code: "vault.damaged" });
      expect(names()).toEqual(["vault.json.damaged-20260101T000000Z"]);
      await vault.keep(NAME, KEY, ADDRESS);
      expect((await (await open()).read(NAME, ADDRESS))?.reveal()).toBe(KEY.reveal());
    },
  );

  it("and is too large is not read", async () => {
    const { open, file } = rig();
    writeFileSync(file, "");
    truncateSync(file, 2_000_000);
    expect((await open()).problem).toMatchObject({ code: "vault.damaged" });
  });

  it("and is a folder says so, and refuses to keep anything", async () => {
    const { open, file } = rig();
    mkdirSync(file);
    const vault = await open();
    expect(vault.problem).toMatchObject({ code: "vault.unreadable" });
    await expect(vault.keep(NAME, KEY, ADDRESS)).rejects.toThrow(CODE("vault.unwritable"));
    expect(await vault.read(NAME, ADDRESS)).toBeUndefined();
  });

  it("with a damaged key file does not give out what was sealed with it", async () => {
    const { open, folder } = rig();
    const none = fakeSystem("nobody", false);
    await (await open(none)).keep(NAME, KEY, ADDRESS, true);
    chmodSync(`${folder}/vault.key`, 0o600);
    writeFileSync(`${folder}/vault.key`, "short");
    await expect((await open(none)).read(NAME, ADDRESS)).rejects.toThrow(CODE("vault.sealed"));
  });

  it("never quotes what is in it", async () => {
    const { open, file } = rig();
    const vault = await open();
    await vault.keep(NAME, KEY, ADDRESS);
    const entries = new Map(parseVault(readFileSync(file, "utf8")));
    const entry = entries.get(NAME);
    if (entry === undefined) throw new Error("no entry");
    const forged = Buffer.from(await fakeSystem("this machine").seal(new Secret(`${KEY.reveal()} no JSON`)));
    writeFileSync(file, vaultText(entries.set(NAME, { ...entry, blob: forged.toString("base64") })));
    const error: unknown = await (await open()).read(NAME, ADDRESS).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "vault.sealed" });
    expect((error as Error).cause).toBeUndefined();
  });
});

describe("parseVault", () => {
  it("takes any text in bounded time and throws nothing", () => {
    const hostile = fc.oneof(
      fc.string({ maxLength: 5000 }),
      fc.json(),
      fc.json().map((json) => `{"vault":1,"entries":${json}}`),
      fc.constant("[".repeat(100_000)),
      fc.constant(`{"vault":1,"entries":[],"__proto__":{}}`),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        const entries = parseVault(text);
        expect(entries === undefined || entries instanceof Map).toBe(true);
      }),
    );
  });

  it("reads what vaultText wrote", () => {
    const entry = fc.record({
      blob: fc.uint8Array({ minLength: 1, maxLength: 100 }).map((bytes) => Buffer.from(bytes).toString("base64")),
      protection: fc.constantFrom("system" as const, "file" as const),
      fingerprint: fc.stringMatching(/^[0-9a-f]{8}$/),
      keptAt: fc.constant("2026-01-01T00:00:00.000Z"),
    });
    const entries = fc.array(fc.tuple(fc.stringMatching(/^[\w:.-]{1,40}$/), entry)).map((pairs) => new Map(pairs));
    fc.assert(
      fc.property(entries, (some) => {
        expect(parseVault(vaultText(some))).toEqual(some);
      }),
    );
  });
});
