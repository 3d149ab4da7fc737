import { wireLength } from "../../provisioning/at-string.ts";

/** One AT exchange of a vector: what the library sent, and what the modem answered (undefined when its interface failed). */
export type AtExchange = { readonly sent: string; readonly reply: string | undefined };

const FIRST_BUFFER = 64;
const KEYGEN_BUFFER = 1024;
const KEYGEN = /^AT%KEYGEN=(-?\d+),(-?\d+)/;

/**
 * The exchanges without the repeats that the library makes because of its small reply buffer (protocol.md 4.3): the
 * buffer doubles until reply and NUL fit; before KEYGEN is repeated, its key is deleted.
 */
export function withoutRepeats(exchanges: readonly AtExchange[]): readonly AtExchange[] {
  const kept: AtExchange[] = [];
  let index = 0;
  for (let exchange = exchanges[0]; exchange !== undefined; exchange = exchanges[index]) {
    kept.push(exchange);
    index += 1 + repeatsAfter(exchanges, index, exchange);
  }
  return kept;
}

function repeatsAfter(exchanges: readonly AtExchange[], index: number, exchange: AtExchange): number {
  const keygen = KEYGEN.exec(exchange.sent);
  const size = exchange.reply === undefined ? 0 : wireLength(exchange.reply) + 1;
  let skipped = 0;
  for (let buffer = keygen === null ? FIRST_BUFFER : KEYGEN_BUFFER; size > buffer; buffer *= 2) {
    let next = index + 1 + skipped;
    const deletion = keygen === null ? undefined : `AT%CMNG=3,${keygen[1]},${keygen[2]}`;
    if (deletion !== undefined && exchanges[next]?.sent === deletion) next++;
    if (exchanges[next]?.sent !== exchange.sent) break;
    skipped = next - index;
  }
  return skipped;
}
