import { describe, expect, it } from "vitest";
import { minutes, seconds } from "../../src/core/duration.ts";
import { Secret } from "../../src/core/secret.ts";
import { VirtualClock } from "../../src/core/virtual-clock.ts";
import { SessionStore, type DtlsSession } from "../../src/dtls/session-store.ts";

function session(until: number): DtlsSession {
  const suite = "ECDHE_ECDSA_WITH_AES_128_GCM_SHA256";
  return { id: "00", master: new Secret("11".repeat(48)), suite, peerFingerprint: undefined, until };
}

describe("SessionStore", () => {
  it("keeps a session for its lifetime, but no longer than its certificates last", async () => {
    const clock = new VirtualClock();
    const store = new SessionStore(clock, { lifetime: minutes(10) });
    store.put("long", session(clock.now() + minutes(60)));
    store.put("short", session(clock.now() + minutes(5)));
    await clock.advance(minutes(6));
    expect([store.get("long")?.id, store.get("short")]).toEqual(["00", undefined]);
    await clock.advance(minutes(4));
    expect(store.get("long")).toBeUndefined();
    expect(store.size).toBe(0);
  });

  it("forgets the oldest beyond its bound, and what it is told to", () => {
    const clock = new VirtualClock();
    const store = new SessionStore(clock, { most: 2 });
    for (const key of ["a", "b", "c"]) store.put(key, session(clock.now() + seconds(60)));
    expect(["a", "b", "c"].map((key) => store.get(key) !== undefined)).toEqual([false, true, true]);
    store.delete("b");
    expect(store.get("b")).toBeUndefined();
  });

  it("shows no secret", () => {
    expect(JSON.stringify(session(0))).not.toContain("1111");
  });
});
