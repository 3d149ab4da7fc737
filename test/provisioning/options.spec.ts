import { describe, expect, it } from "vitest";
import { milliseconds, seconds } from "../../src/core/duration.ts";
import { StationError } from "../../src/core/error.ts";
import {
  SAMPLE_COAP,
  SAMPLE_HTTP,
  STATION,
  UNIT_TEST,
  UNIT_TEST_SCHEDULED,
} from "../../src/provisioning/option-presets.ts";
import {
  codecLimits,
  KCONFIG_DEFAULTS,
  OPTION_RULES,
  provisioningOptions,
  transportOf,
  type OptionChanges,
} from "../../src/provisioning/options.ts";

/** protocol.md 12, retyped: Kconfig name, our name, default, and one value outside the range where there is one. */
const TABLE = [
  ["", "library", false],
  ["HTTP", "http", false],
  ["COAP", "coap", false],
  ["CODEC", "codec", false],
  ["CBOR", "cbor", false],
  ["AUTO_START_ON_INIT", "autoStartOnInit", false],
  ["SCHEDULED", "scheduled", false],
  ["INTERVAL_S", "interval", seconds(86_400), seconds(0)],
  ["SPREAD_S", "spread", seconds(0), seconds(-1)],
  ["INITIAL_BACKOFF", "initialBackoff", seconds(60), seconds(0)],
  ["VALID_DATE_TIME_TIMEOUT_SECONDS", "validDateTimeTimeout", seconds(60), seconds(-1)],
  ["MODEM_STATE_WAIT_TIMEOUT_SECONDS", "modemStateWaitTimeout", seconds(120), seconds(0)],
  ["WITH_CERT", "withCert", true],
  ["ROOT_CA_SEC_TAG", "rootCaSecTag", 189_298, -2],
  ["SAVE_CMD_ID", "saveCmdId", false],
  ["CUSTOM_AT", "customAt", false],
  ["SETTINGS_STORAGE_PATH", "settingsStoragePath", "provisioning", "a=b"],
  ["RX_BUF_SZ", "rxBufferBytes", 1024, 0],
  ["TX_BUF_SZ", "txBufferBytes", 2048, 0],
  ["JWT_SEC_TAG", "jwtSecTag", 0, -1],
  ["JWT_MAX_VALID_TIME_S", "jwtMaxValidTime", seconds(300), seconds(361)],
  ["PROVIDE_ATTESTATION_TOKEN", "provideAttestationToken", true],
  ["SHELL", "shell", false],
  ["STACK_SIZE", "stackBytes", 2048, 0],
  ["HTTP_HOSTNAME", "httpHostname", "provisioning-http.nrfcloud.com", "no host"],
  ["HTTP_PORT", "httpPort", 443, 65_536],
  ["HTTP_TIMEOUT_MS", "httpTimeout", milliseconds(30_000), milliseconds(0)],
  ["COAP_HOSTNAME", "coapHostname", "coap.nrfcloud.com", ""],
  ["COAP_PORT", "coapPort", 5684, 0],
  ["COAP_DTLS_SESSION_CACHE", "coapDtlsSessionCache", true],
  ["COAP_TIMEOUT_SECONDS", "coapTimeout", seconds(30), seconds(0)],
  ["CODEC_AT_CMD_LEN", "atCommandBytes", 1792, 0],
  ["CODEC_RX_SZ_START", "replyStartBytes", 64, 4097],
  ["CBOR_RECORDS", "records", 10, 21],
] as const;

function refusal(changes: OptionChanges): StationError {
  try {
    provisioningOptions(changes, { http: true });
  } catch (error) {
    if (error instanceof StationError) return error;
  }
  throw new TypeError("the options were accepted");
}

describe("options of the client", () => {
  it.each(TABLE.map(([kconfig, name, standard]) => [kconfig, name, standard] as const))(
    "has %s under the name %s with the library's default",
    (kconfig, name, standard) => {
      expect(KCONFIG_DEFAULTS[name]).toBe(standard);
      expect({ ...OPTION_RULES[name] }).toMatchObject({ kconfig });
    },
  );

  it("has no Kconfig option beyond the table", () => {
    const known = Object.values(OPTION_RULES).flatMap((rule) => ("kconfig" in rule ? [rule.kconfig] : []));
    expect(known.toSorted()).toEqual(TABLE.map(([kconfig]) => kconfig).toSorted());
  });

  it.each(TABLE.flatMap((row) => (row.length === 4 ? [[row[1], row[3]] as const] : [])))(
    "refuses %s = %j, naming the option, the value and its range",
    (option, value) => {
      const { code, facts } = refusal({ [option]: value });
      expect({ code, facts }).toMatchObject({ code: "provisioning.option-invalid", facts: { option } });
      expect(facts["allowed"]).not.toBe("");
    },
  );

  it("takes intervals from 1 second to a year only", () => {
    expect(provisioningOptions({ http: true, interval: seconds(1) }).interval).toBe(seconds(1));
    expect(provisioningOptions({ http: true, interval: seconds(31_536_000) }).interval).toBe(seconds(31_536_000));
    expect(refusal({ interval: seconds(31_536_001) }).facts["option"]).toBe("interval");
    expect(refusal({ interval: milliseconds(1500) }).facts["option"]).toBe("interval");
  });

  it("takes scheduled only together with autoStartOnInit", () => {
    expect(refusal({ scheduled: true }).facts["option"]).toBe("scheduled");
    expect(provisioningOptions({ http: true, scheduled: true, autoStartOnInit: true }).scheduled).toBe(true);
  });

  it("wants a transport, brings library, codec and CBOR with it, and lets HTTP win", () => {
    expect(() => provisioningOptions({})).toThrow(StationError);
    expect(provisioningOptions({ coap: true })).toMatchObject({ library: true, codec: true, cbor: true });
    expect(transportOf(provisioningOptions({ coap: true }))).toBe("coap");
    expect(transportOf(provisioningOptions({ http: true, coap: true }))).toBe("http");
  });

  it("shares the larger of transmit buffer and AT length as the AT buffer", () => {
    expect(codecLimits(provisioningOptions({ http: true }))).toEqual({
      records: 10,
      txBytes: 2048,
      rxBytes: 1024,
      atBytes: 2048,
      input: "tolerant",
    });
    expect(codecLimits(provisioningOptions(SAMPLE_HTTP))).toMatchObject({ atBytes: 2304, input: "canonical" });
    expect(codecLimits(provisioningOptions({ http: true, atCommandBytes: 4096 })).atBytes).toBe(4096);
  });

  it("knows the values of the vendor's samples", () => {
    expect(provisioningOptions(SAMPLE_HTTP)).toMatchObject({
      http: true,
      rootCaSecTag: 50,
      interval: seconds(60),
      spread: seconds(3),
      rxBufferBytes: 2304,
      txBufferBytes: 2304,
      atCommandBytes: 2048,
      canonicalInput: true,
    });
    expect(provisioningOptions(SAMPLE_COAP)).toMatchObject({ coap: true, rootCaSecTag: 42_384, coapBlockBytes: 512 });
  });

  it("knows the values of the vendor's unit tests", () => {
    const plain = { interval: seconds(5), spread: seconds(2), initialBackoff: seconds(1), rootCaSecTag: -1 };
    expect(provisioningOptions(UNIT_TEST)).toMatchObject(plain);
    const scheduled = { scheduled: true, interval: seconds(120), initialBackoff: seconds(10), spread: seconds(2) };
    expect(provisioningOptions(UNIT_TEST_SCHEDULED)).toMatchObject(scheduled);
  });

  it("waits no IPv6 pause on a station and differs from the library where decided", () => {
    expect(provisioningOptions(STATION)).toMatchObject({ onlineSettle: seconds(0), compatibility: "default" });
    expect(provisioningOptions({ http: true }).onlineSettle).toBe(seconds(2));
  });
});
