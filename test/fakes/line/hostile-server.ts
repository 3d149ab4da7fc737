import { createServer, type Socket } from "node:net";
import { freePorts } from "./nats-server.ts";

/** What a hostile server answers a request on a subject with; undefined: nothing. */
export type HostileAnswer = (subject: string, count: number) => string | undefined;

/** A server that speaks just enough of the NATS protocol to be taken for one, and answers every request as a test wants. */
export async function hostileServer(
  answer: HostileAnswer,
): Promise<{ readonly url: string; requests(): number; close(): void }> {
  const [port = 0] = await freePorts(1);
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    const info = {
      server_id: "X",
      version: "2.9.10",
      proto: 1,
      headers: true,
      max_payload: 1_048_576,
      jetstream: true,
    };
    socket.write(`INFO ${JSON.stringify(info)}\r\n`);
    let text = "";
    socket.setEncoding("latin1").on("data", (data: string) => {
      text += data;
      for (;;) {
        const end = text.indexOf("\r\n");
        if (end < 0) return;
        const [operation = "", ...words] = text.slice(0, end).split(" ");
        const size = operation === "PUB" || operation === "HPUB" ? Number(words.at(-1)) + 2 : 0;
        if (text.length < end + 2 + size) return;
        text = text.slice(end + 2 + size);
        if (operation === "PING") socket.write("PONG\r\n");
        const [subject = "", inbox = ""] = words;
        if (size === 0 || !inbox.startsWith("_INBOX")) continue;
        const said = answer(subject, ++count);
        if (said !== undefined) socket.write(`MSG ${inbox} 1 ${Buffer.byteLength(said)}\r\n${said}\r\n`);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return {
    url: `nats://127.0.0.1:${port}`,
    requests: () => count,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
