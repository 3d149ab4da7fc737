import { seconds } from "../core/duration.ts";
import type { OptionChanges } from "./options.ts";

/** The vendor sample with HTTP (protocol.md 12, "Sample values"). */
export const SAMPLE_HTTP: OptionChanges = {
  http: true,
  rootCaSecTag: 50,
  interval: seconds(60),
  spread: seconds(3),
  rxBufferBytes: 2304,
  txBufferBytes: 2304,
  atCommandBytes: 2048,
  canonicalInput: true,
};

/** The vendor sample with its CoAP overlay. */
export const SAMPLE_COAP: OptionChanges = {
  ...SAMPLE_HTTP,
  http: false,
  coap: true,
  rootCaSecTag: 42_384,
  coapBlockBytes: 512,
};

/** The values of the vendor's unit tests without scheduling. */
export const UNIT_TEST: OptionChanges = {
  http: true,
  interval: seconds(5),
  spread: seconds(2),
  initialBackoff: seconds(1),
  rootCaSecTag: -1,
};

/** The values of the vendor's unit tests with scheduling. */
export const UNIT_TEST_SCHEDULED: OptionChanges = {
  ...UNIT_TEST,
  autoStartOnInit: true,
  scheduled: true,
  interval: seconds(120),
  initialBackoff: seconds(10),
};

/**
 * The station on a line: buffers as large as the sample's, both forms of CBOR taken, and no pause for an IPv6 address, as
 * the PC's own network carries the requests (protocol.md 15).
 */
export const STATION: OptionChanges = {
  http: true,
  rxBufferBytes: 2304,
  txBufferBytes: 2304,
  atCommandBytes: 2048,
  onlineSettle: seconds(0),
};
