import { describe, expect, it } from "vitest";
import { StationError } from "../../src/core/error.ts";
import { TRANSPORT_CODES } from "../../src/core/codes/transport.ts";
import { isErrorCode } from "../../src/core/error-codes.ts";
import { transportErrno } from "../../src/provisioning/failure.ts";

const CONNECT = ["refused", "unreachable", "tls-", "proxy-unreachable", "proxy-auth", "proxy-refused"];

describe("the library's result for a transport's error", () => {
  it("is ECONNREFUSED for every failure to connect or to trust", () => {
    const codes = Object.keys(TRANSPORT_CODES)
      .filter((code) => CONNECT.some((start) => code.startsWith(`transport.${start}`)))
      .filter(isErrorCode);
    expect(codes.map((code) => transportErrno(new StationError(code, "x")))).toEqual(codes.map(() => "ECONNREFUSED"));
    expect(codes.length).toBeGreaterThanOrEqual(CONNECT.length);
  });

  it.each([
    ["transport.name-lookup", "EFAULT"],
    ["transport.timeout", "ETIMEDOUT"],
    ["transport.reset", "ECONNRESET"],
    ["transport.closed", "ESHUTDOWN"],
    ["transport.too-large", "ENOBUFS"],
    ["station.internal", "EIO"],
  ] as const)("is for %s %s", (code, errno) => {
    expect(transportErrno(new StationError(code, "x"))).toBe(errno);
  });

  it("is what the error says when it carries a number", () => {
    expect(transportErrno(new StationError("transport.reset", "x", { errno: -13 }))).toBe("EACCES");
  });
});
