/** One HTTP request exactly as it goes on the wire: header order and spelling count (protocol.md 5). */
export type HttpRequest = {
  readonly method: "GET" | "POST";
  readonly host: string;
  readonly port: number;
  /** Path with query, not encoded further. */
  readonly path: string;
  /** Header lines in order, `Host` first; `Content-Length` is added by the transport where there is a body. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: Uint8Array;
};

/** An HTTP answer; the body is bounded by the transport. */
export type HttpResponse = { readonly status: number; readonly body: Uint8Array };

/** The HTTPS transport: one TLS connection a request (protocol.md 5.1). */
export interface HttpTransport {
  /** @throws StationError transport.*; the code tells name lookup, connect, TLS, timeout, size and reset apart */
  exchange(request: HttpRequest, signal?: AbortSignal): Promise<HttpResponse>;
}

/** One CoAP request in terms of the protocol (protocol.md 6.2); blocks, tokens and retransmission are the transport's. */
export type CoapRequest = {
  readonly method: "GET" | "POST";
  readonly confirmable: boolean;
  /** Path and query as the library writes them, for example `p/cmd?after=&rxMaxSize=2304&txMaxSize=2304&limit=10`. */
  readonly path: string;
  /** Content-Format option; 60 is application/cbor. */
  readonly contentFormat?: number;
  readonly payload?: Uint8Array;
};

/** A CoAP answer: code as `2.05`, payload reassembled. */
export type CoapResponse = { readonly code: string; readonly payload: Uint8Array };

/** One DTLS association with the service. */
export interface CoapAssociation {
  /** @throws StationError transport.* */
  exchange(request: CoapRequest, signal?: AbortSignal): Promise<CoapResponse>;
  close(): Promise<void>;
}

/** The CoAP transport. */
export interface CoapTransport {
  /** Looks the name up and performs the DTLS handshake. @throws StationError transport.* */
  connect(signal?: AbortSignal): Promise<CoapAssociation>;
}
