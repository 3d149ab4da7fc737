import { connect } from "node:net";

const LIMIT = 5000;

/** Asks a simulated modem over tcp, one command after the other; answers everything it said. */
export function askModem(link: string, commands: readonly string[]): Promise<string> {
  const { hostname, port } = new URL(link);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port) }).setEncoding("latin1");
    let said = "";
    let asked = 0;
    const next = (): void => {
      const command = commands[asked++];
      if (command === undefined) socket.end(() => resolve(said));
      else socket.write(`${command}\r\n`);
    };
    socket.setTimeout(LIMIT, () => socket.destroy(new Error(`the modem at ${link} is silent`)));
    socket.on("connect", next);
    socket.on("data", (text: string) => {
      said += text;
      if ((said.match(/^(?:OK|ERROR|\+CME ERROR: \d+)\r$/gm)?.length ?? 0) >= asked) next();
    });
    socket.once("error", reject);
  });
}
