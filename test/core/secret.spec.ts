import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { redact } from "../../src/core/digest.ts";
import { Secret } from "../../src/core/secret.ts";

describe("Secret", () => {
  const secret = new Secret("hunter2");

  it("shows itself nowhere but when revealed", () => {
    const shown = [
      String(secret),
      JSON.stringify({ secret }),
      inspect({ secret }, { depth: 9, showHidden: true }),
      secret.toString(),
    ];
    expect(shown.join("\n")).not.toContain("hunter2");
    expect(secret.reveal()).toBe("hunter2");
  });

  it("is replaced in records by digest and length in bytes", () => {
    expect(redact("é", (bytes) => `digest of ${bytes.length}`)).toEqual({ sha256: "digest of 2", length: 2 });
  });
});
