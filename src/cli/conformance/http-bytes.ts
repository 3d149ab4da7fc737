import { encodeWireText } from "../../core/wire-text.ts";
import type { HttpRequest } from "../../provisioning/transport.ts";

/** A request as it goes on the wire: request line, headers in their order, Content-Length last where there is a body. */
export function httpBytes(request: HttpRequest): Uint8Array {
  const length: readonly (readonly [string, string])[] =
    request.body === undefined ? [] : [["Content-Length", String(request.body.length)]];
  const lines = [...request.headers, ...length].map(([name, value]) => `${name}: ${value}\r\n`);
  const head = encodeWireText(`${request.method} ${request.path} HTTP/1.1\r\n${lines.join("")}\r\n`);
  return Uint8Array.from([...head, ...(request.body ?? [])]);
}
