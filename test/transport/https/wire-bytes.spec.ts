import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { HttpsTransport } from "../../../src/transport/https/https-transport.ts";
import { httpsRig } from "./https-rig.ts";
import { tlsServer } from "./test-server.ts";

const rig = httpsRig();

describe("the bytes on the wire", () => {
  type Vector = {
    readonly name: string;
    readonly method: "GET" | "POST";
    readonly host: string;
    readonly path: string;
    readonly headers: readonly string[];
    readonly bodyHex: string;
    readonly rawHex?: string;
  };
  const { http } = JSON.parse(
    readFileSync(new URL("../../fixtures/vectors/requests.json", import.meta.url), "utf8"),
  ) as { readonly http: readonly Vector[] };

  it.each(http.filter((vector) => vector.rawHex !== undefined))("are those of the vector $name", async (vector) => {
    expect(await sentBy(vector)).toBe(vector.rawHex);
  });

  it("end with Content-Length and the body where there is one", async () => {
    const vector = http.find((found) => found.bodyHex !== "");
    expect(vector).toBeDefined();
    const headers = vector!.headers.map((line) => `${line}\r\n`).join("");
    const length = `Content-Length: ${vector!.bodyHex.length / 2}\r\n`;
    const head = `POST ${vector!.path} HTTP/1.1\r\nHost: ${vector!.host}\r\n${headers.replace(length, "")}${length}\r\n`;
    expect(await sentBy(vector!)).toBe(Buffer.from(head).toString("hex") + vector!.bodyHex);
  });

  it("keep bytes of wire text in the path as they are", async () => {
    const raw = await sentBy({ ...http[0]!, path: "/v1/x?after=ä\udcff", rawHex: "" });
    expect(raw).toContain(Buffer.from("GET /v1/x?after=ä", "utf8").toString("hex") + "ff");
  });

  async function sentBy(vector: Vector): Promise<string> {
    const seen: string[] = [];
    const identity = rig.ca.issue({ hosts: ["127.0.0.1"] });
    const { port } = await rig.started(
      tlsServer(identity, (socket, request) => {
        seen.push(request.toString("hex"));
        socket.end("HTTP/1.1 204 No Content\r\n\r\n");
      }),
    );
    const transport = new HttpsTransport({ ca: rig.ca.pem });
    const lines = vector.headers.filter((line) => !line.startsWith("Content-Length"));
    const headers = [`Host: ${vector.host}`, ...lines].map((line) => {
      const colon = line.indexOf(": ");
      return [line.slice(0, colon), line.slice(colon + 2)] as const;
    });
    await transport.exchange({
      ...{ method: vector.method, host: "127.0.0.1", port, path: vector.path, headers },
      ...(vector.bodyHex === "" ? {} : { body: Buffer.from(vector.bodyHex, "hex") }),
    });
    return seen.join("|");
  }
});
