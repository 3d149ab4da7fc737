import { describe, expect, it } from "vitest";
import { asStationError } from "../../src/core/error.ts";
import { clientOptions } from "../../src/run/client-options.ts";
import { profile } from "./support/run-rig.ts";

describe("the library's options of a profile", () => {
  it("are its endpoint, limits, compatibility and version over the station's own", () => {
    const limits = { rxBytes: 4096, txBytes: 3000, atBytes: 2000, records: 20 };
    const options = clientOptions(profile({ compatibility: "strict", clientVersion: "3.1.99", limits }));
    expect(options).toMatchObject({
      ...{ http: true, coap: false, httpHostname: "localhost", httpPort: 443, compatibility: "strict" },
      ...{ rxBufferBytes: 4096, txBufferBytes: 3000, atCommandBytes: 2000, records: 20, sdkVersion: "3.1.99" },
      ...{ canonicalInput: false, onlineSettle: 0, autoStartOnInit: false },
    });
  });

  it("choose CoAP where the profile does, and write IPv6 addresses as hosts have them", () => {
    const coaps = { host: "::1", port: 5684, ca: "none" };
    const options = clientOptions(profile({ transport: "coaps", coaps }));
    expect(options).toMatchObject({ http: false, coap: true, coapHostname: "[::1]", coapPort: 5684 });
  });

  it("need an endpoint for the transport", () => {
    const { https: _gone, ...rest } = profile();
    const failure = ((): unknown => {
      try {
        return clientOptions(rest);
      } catch (error) {
        return asStationError(error).code;
      }
    })();
    expect(failure).toBe("run.transport-missing");
  });
});
