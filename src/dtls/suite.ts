import type { SuiteName } from "./dtls-connection.ts";

/** A cipher suite: its number (IANA), the PRF's hash and the AEAD's sizes in bytes. */
export type Suite = {
  readonly id: number;
  readonly name: SuiteName;
  readonly hash: "sha256" | "sha384";
  readonly aead: "gcm" | "ccm";
  readonly keyLength: 16 | 32;
  readonly tagLength: 8 | 16;
};

/** The suites of the station, best first: RFC 5289 (GCM), RFC 7251 (CCM_8); all with ephemeral keys and ECDSA. */
export const SUITES: readonly Suite[] = [
  {
    id: 0xc02b,
    name: "ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
    hash: "sha256",
    aead: "gcm",
    keyLength: 16,
    tagLength: 16,
  },
  {
    id: 0xc02c,
    name: "ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    hash: "sha384",
    aead: "gcm",
    keyLength: 32,
    tagLength: 16,
  },
  { id: 0xc0ae, name: "ECDHE_ECDSA_WITH_AES_128_CCM_8", hash: "sha256", aead: "ccm", keyLength: 16, tagLength: 8 },
];

/** The suite of a number, or undefined when the station does not speak it. */
export function suiteOf(id: number): Suite | undefined {
  return SUITES.find((suite) => suite.id === id);
}

/** The suite of a name. */
export function suiteNamed(name: SuiteName): Suite | undefined {
  return SUITES.find((suite) => suite.name === name);
}
