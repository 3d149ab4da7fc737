import type { IncomingMessage } from "node:http";
import { StationError } from "../core/error.ts";
import { quantity } from "../core/fact.ts";

/** An answer of the service. */
export type Answer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
};

/** A request line and its parts; the body is read by {@link readBody}. */
export type Target = {
  /** Path as it came, without the query. */
  readonly path: string;
  /** Query parameters in wire order; percent-decoded where that works. */
  readonly parameters: readonly (readonly [name: string, value: string])[];
};

const PARAMETERS_LIMIT = 64;

/** Splits a request target. Nothing in it is refused: what is unknown matches no route and no parameter. */
export function targetOf(url: string): Target {
  const mark = url.indexOf("?");
  if (mark < 0) return { path: url, parameters: [] };
  const parameters = url
    .slice(mark + 1)
    .split("&", PARAMETERS_LIMIT)
    .map((pair) => {
      const equals = pair.indexOf("=");
      const [name, value] = equals < 0 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
      return [unescaped(name), unescaped(value)] as const;
    });
  return { path: url.slice(0, mark), parameters };
}

/** The token of an `Authorization: Bearer …` header. */
export function bearer(request: IncomingMessage): string | undefined {
  return /^Bearer +([\x21-\x7e]+) *$/i.exec(request.headers.authorization ?? "")?.[1];
}

/** The media type of the body, lower case and without parameters; empty when there is none. */
export function mediaType(request: IncomingMessage): string {
  return (request.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

/**
 * The whole body.
 * @throws StationError service.too-large beyond `limit` bytes (before reading, where the length is announced),
 * service.bad-request when the request breaks off
 */
export async function readBody(request: IncomingMessage, limit: number): Promise<Buffer> {
  const tooLarge = new StationError("service.too-large", "the body is too large", { limit: quantity(limit, "bytes") });
  if (Number(request.headers["content-length"] ?? 0) > limit) throw tooLarge;
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > limit) throw tooLarge;
      chunks.push(chunk);
    }
  } catch (cause) {
    if (cause === tooLarge) throw cause;
    throw new StationError("service.bad-request", "the request broke off", {}, { cause });
  }
  return Buffer.concat(chunks);
}

/** The body as text. @throws StationError service.bad-request when it is not UTF-8; as {@link readBody} */
export async function readText(request: IncomingMessage, limit: number): Promise<string> {
  const body = await readBody(request, limit);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch (cause) {
    throw new StationError("service.bad-request", "the body is not UTF-8", {}, { cause });
  }
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
