import { connect } from "node:net";

/** The IMEI that the modem at a tcp port tells. */
export function identityAt(link: string): Promise<string> {
  const { hostname, port } = new URL(link.replace("tcp://", "http://"));
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write("AT+CGSN\r\n"));
    const heard = { text: "" };
    socket.on("error", reject);
    socket.on("data", (bytes) => {
      heard.text += bytes.toString("utf8");
      const imei = /\b\d{15}\b/.exec(heard.text)?.[0];
      if (imei === undefined) return;
      socket.destroy();
      resolve(imei);
    });
  });
}
