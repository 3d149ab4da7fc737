import { parseDeviceUuid, type DeviceUuid } from "../core/ids.ts";
import { CborCursor } from "./cbor-cursor.ts";
import { coseSignatureInput, parseCoseSign1, refuseToken, type CoseSign1 } from "./cose-sign1.ts";
import { tokenMalformed, tokenParts, uuidText } from "./token-parts.ts";

/** What an attestation token says (protocol.md 7.2). */
export type AttestationToken = {
  /** The attested message as signed, with its self-describe tag. */
  readonly message: Uint8Array;
  /** 1: device identity. */
  readonly messageType: number;
  readonly deviceUuid: DeviceUuid;
  /** The modem's part number as a code; its name is {@link deviceTypeName}. */
  readonly deviceType: number;
  readonly firmwareUuid: string;
  /** 16 random bytes, or the challenge that was asked for. */
  readonly nonce: Uint8Array;
  readonly cose: CoseSign1;
  /**
   * What may have been signed, likeliest first (open-questions.md Q8): the message as external data with no payload; no
   * external data and no payload; no external data with the message as payload. A verifier tries each with ES256.
   */
  readonly signatureInputs: readonly Uint8Array[];
};

const SELF_DESCRIBE_TAG = 55_799;
const UUID_BYTES = 16;
const EMPTY = new Uint8Array(0);

const DEVICE_TYPES: readonly string[] = [
  "nRF9160 SIAA",
  "nRF9160 SIBA",
  "nRF9160 SICA",
  "nRF9161 LACA",
  "nRF9131 LACA",
  "nRF9151 LACA",
];

/** The name of a device type code, or undefined for codes not seen. */
export function deviceTypeName(deviceType: number): string | undefined {
  return DEVICE_TYPES[deviceType - 1];
}

/**
 * Reads an attestation token (`AT%ATTESTTOKEN`); verifying it takes a key and cryptography: see
 * {@link AttestationToken.signatureInputs}.
 * @throws StationError provisioning.token-malformed
 */
export function parseAttestationToken(token: string): AttestationToken {
  const kind = "attestation token";
  const [message, signed] = tokenParts(kind, token, 2);
  if (message === undefined || signed === undefined) throw tokenMalformed(kind, "two parts");
  const cose = parseCoseSign1(kind, signed);
  if (cose.payload !== undefined) throw tokenMalformed(kind, "a signature without payload");
  const cursor = new CborCursor(message, refuseToken(kind, message.length));
  if (cursor.tag("self-describe tag") !== SELF_DESCRIBE_TAG) throw cursor.refuse("self-describe tag");
  if (cursor.countedList("attested message") !== 5) throw cursor.refuse("five elements of the message");
  const messageType = cursor.unsigned("message type");
  if (messageType !== 1) throw cursor.refuse("message type 1, device identity");
  const deviceUuid = parseDeviceUuid(uuidText(cursor.bytes("device UUID", UUID_BYTES)));
  if (deviceUuid === undefined) throw cursor.refuse("device UUID of 16 bytes");
  const deviceType = cursor.unsigned("device type");
  const firmware = cursor.bytes("modem firmware UUID", UUID_BYTES);
  if (firmware.length !== UUID_BYTES) throw cursor.refuse("modem firmware UUID of 16 bytes");
  const nonce = cursor.bytes("nonce", UUID_BYTES);
  if (nonce.length !== UUID_BYTES) throw cursor.refuse("nonce of 16 bytes");
  cursor.end("nothing behind the message");
  return {
    message,
    messageType,
    deviceUuid,
    deviceType,
    firmwareUuid: uuidText(firmware),
    nonce,
    cose,
    signatureInputs: [
      coseSignatureInput(cose, message, undefined),
      coseSignatureInput(cose, EMPTY, undefined),
      coseSignatureInput(cose, EMPTY, message),
    ],
  };
}
