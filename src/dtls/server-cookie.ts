import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { minutes } from "../core/duration.ts";
import { joined, uint, vector } from "./bytes.ts";
import type { PeerAddress } from "./datagram-port.ts";
import type { ClientHello } from "./handshake/hellos.ts";

/** A cookie is good for one to two of these. */
const PERIOD = minutes(1);

/**
 * Cookies of HelloVerifyRequest (RFC 6347 section 4.2.1): an HMAC over the client's address and hello under a secret of this
 * process, a new one each minute. A server keeps nothing about a client until its cookie came back, which
 * shows that the client receives what is sent to its address.
 */
export class ServerCookie {
  readonly #root = randomBytes(32);

  /** @param now monotonic, ms */
  make(hello: ClientHello, from: PeerAddress, now: number): Uint8Array {
    return this.#cookie(hello, from, Math.floor(now / PERIOD));
  }

  /** Whether the hello brings a cookie that was made for it not long ago. */
  isGood(hello: ClientHello, from: PeerAddress, now: number): boolean {
    const period = Math.floor(now / PERIOD);
    return [period, period - 1].some((candidate) => {
      const expected = this.#cookie(hello, from, candidate);
      return hello.cookie.length === expected.length && timingSafeEqual(hello.cookie, expected);
    });
  }

  #cookie(hello: ClientHello, from: PeerAddress, period: number): Uint8Array {
    const secret = createHmac("sha256", this.#root).update(`period ${period}`).digest();
    const address = vector(1, new TextEncoder().encode(from.host).subarray(0, 255));
    const suites = vector(2, ...hello.suites.map((suite) => uint(suite, 2)));
    const asked = joined(address, uint(from.port, 2), hello.random, vector(1, hello.sessionId), suites);
    return createHmac("sha256", secret).update(asked).digest();
  }
}
