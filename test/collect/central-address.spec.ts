import fc from "fast-check";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { parseCentralAddress } from "../../src/collect/central-address.ts";
import { StationError } from "../../src/core/error.ts";
import { Secret } from "../../src/core/secret.ts";

const parse = (text: string) => parseCentralAddress(new Secret(text));

function refusal(text: string): string {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof StationError) return `${error.code} ${error.message} ${JSON.stringify(error.facts)}`;
    throw error;
  }
  return "taken";
}

describe("the address of a central database", () => {
  it("is a server with everything that it names", () => {
    const { password, ...rest } = parse("postgres://c%40b:s%2Fx@db.example.com:5433/line") as { password?: Secret };
    expect(rest).toEqual({
      kind: "postgres",
      host: "db.example.com",
      port: 5433,
      database: "line",
      user: "c@b",
      tls: {},
    });
    expect(password?.reveal()).toBe("s/x");
  });

  it.each(["postgres://u:p@127.0.0.1/line", "postgresql://u@localhost:5432/line", "postgres://u@[::1]/line"])(
    "goes without TLS on this computer: %s",
    (text) => expect(parse(text)).not.toHaveProperty("tls"),
  );

  it("is a Unix socket's folder", () => {
    const address = parse("postgres://u@/line?host=/run/postgresql");
    expect(address).toMatchObject({ kind: "postgres", host: "/run/postgresql", user: "u", database: "line" });
    expect(address).not.toHaveProperty("tls");
  });

  it.each(["central.db", "sqlite:central.db", "sqlite:///var/lib/central.db", "/var/lib/central.db"])(
    "is a file: %s",
    (text) => {
      const file = resolve(text.replace(/^sqlite:(\/\/)?/, ""));
      expect(parse(text)).toEqual({ kind: "sqlite", file });
    },
  );

  it.each([
    ["", /1 to 4096 characters/],
    ["x".repeat(5000), /1 to 4096 characters/],
    ["a\u0000b", /control character/],
    ["mysql://u@h/d", /neither a PostgreSQL database nor a file/],
    ["postgres://h/d", /must name a user/],
    ["postgres://u@h", /must name one database/],
    ["postgres://u@h/a/b", /must name one database/],
    ["postgres://u@h/d?sslmode=disable", /without TLS on this computer only/],
    ["postgres://u@h/d?sslmode=require", /sslmode verify-full only/],
    ["postgres://u@h/d?options=-c", /parameter that is none of host, sslmode, sslrootcert/],
    ["postgres://u@h/d?host=elsewhere", /no folder of a Unix socket/],
    ["postgres://u:%zz@h/d", /percent-encoded|is no URL/],
    ["postgres://u@h/d?sslrootcert=/no/such/file", /CA file cannot be read/],
  ])("is refused with its reason: %s", (text, reason) => {
    expect(refusal(text)).toMatch(/^collect\.address /);
    expect(refusal(text)).toMatch(reason);
  });

  it("never throws anything else, and never shows its password", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string().map((text) => `postgres://user:hidden-word@${text}`),
          fc.string().map((text) => `postgres://user:${text}hidden-word@host/name`),
          fc.nat(65_535).map((port) => `postgres://user:${port}?hidden-word@host/name`),
        ),
        (text) => {
          expect(refusal(text)).not.toContain("hidden-word");
        },
      ),
    );
  });
});
