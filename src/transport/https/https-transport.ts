import type { HttpRequest, HttpResponse, HttpTransport } from "../../provisioning/transport.ts";
import { HttpsClient, type HttpsClientOptions } from "./https-client.ts";

/** The provisioning protocol's way over HTTPS (protocol.md 5). */
export class HttpsTransport implements HttpTransport {
  readonly #client: HttpsClient;

  /**
   * @param options `limits.answerBytes` is the library's RX buffer: head and body of a 200 must stay below it (protocol.md 5.1)
   * @throws StationError transport.bad-ca
   */
  constructor(options: Omit<HttpsClientOptions, "needsBody">) {
    this.#client = new HttpsClient({ ...options, needsBody: (status) => status === 200 });
  }

  /** @throws StationError transport.* */
  async exchange(request: HttpRequest, signal?: AbortSignal): Promise<HttpResponse> {
    const { status, body } = await this.#client.exchange(request, signal);
    return { status, body };
  }
}
