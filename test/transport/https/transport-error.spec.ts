import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StationError } from "../../../src/core/error.ts";
import { Journey, type Step } from "../../../src/transport/https/journey.ts";
import { transportError } from "../../../src/transport/https/transport-error.ts";

function at(step: Step): Journey {
  const journey = new Journey("service.example", 443);
  journey.step = step;
  return journey;
}

const systemError = (code: string) => Object.assign(new Error(code), { code, syscall: "x" });

describe("an error of sockets, TLS or HTTP", () => {
  it.each([
    ["ENOTFOUND", "name lookup", "transport.name-lookup"],
    ["EAI_AGAIN", "name lookup", "transport.name-lookup"],
    ["EAI_WHATEVER", "name lookup", "transport.name-lookup"],
    ["ECONNREFUSED", "connect", "transport.refused"],
    ["EHOSTUNREACH", "connect", "transport.unreachable"],
    ["ENETUNREACH", "connect", "transport.unreachable"],
    ["ECONNRESET", "connect", "transport.unreachable"],
    ["ETIMEDOUT", "connect", "transport.timeout"],
    ["ECONNRESET", "TLS", "transport.tls-failed"],
    ["CERT_SOMETHING_NEW", "TLS", "transport.tls-untrusted"],
    ["ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION", "TLS", "transport.tls-protocol"],
    ["ECONNRESET", "answer", "transport.reset"],
    ["EPIPE", "request", "transport.reset"],
    ["HPE_INVALID_CONSTANT", "answer", "transport.malformed"],
  ] as const)("%s at %s is %s", (code, step, expected) => {
    expect(transportError(systemError(code), at(step))).toMatchObject({
      code: expected,
      facts: { host: "service.example", port: 443, step, reason: code },
    });
  });

  it("that is a StationError already stays as it is", () => {
    const error = new StationError("station.aborted", "stopped");
    expect(transportError(error, at("TLS"))).toBe(error);
  });

  it("of any kind becomes a transport error", () => {
    const steps: readonly Step[] = ["name lookup", "connect", "proxy", "TLS", "request", "answer"];
    fc.assert(
      fc.property(fc.anything(), fc.string(), fc.constantFrom(...steps), (thrown, code, step) => {
        expect(transportError(thrown, at(step)).code).toMatch(/^transport\./);
        expect(transportError(systemError(code), at(step)).code).toMatch(/^transport\./);
      }),
    );
  });
});
