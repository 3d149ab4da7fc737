import { listPorts } from "../../link/list-ports.ts";
import type { SerialPortInfo } from "../../link/serial-port-info.ts";
import { EXIT, type CliCommand } from "../command.ts";
import { table } from "../output/table.ts";

/** `station ports`: what is plugged in, with the addresses that a fixture may use. */
export const portsCommand: CliCommand = {
  name: "ports",
  summary: "lists serial ports with the addresses that a fixture may use",
  positionals: "",
  minPositionals: 0,
  maxPositionals: 0,
  options: { json: { kind: "flag", help: 'prints {"ports":[…]}' } },
  async run(args, context) {
    const ports = await listPorts();
    if (args.flag("json")) context.out(`${JSON.stringify({ ports })}\n`);
    else if (ports.length === 0) context.out("no serial ports\n");
    else context.out(table([["port", "usb", "interface", "adapterSerial", "product"], ...ports.map(row)]));
    return EXIT.passed;
  },
};

function row(port: SerialPortInfo): readonly string[] {
  const product = [port.manufacturer, port.product].filter((part) => part !== undefined).join(" ");
  return [port.path, port.usbLocation ?? "", String(port.interfaceNumber ?? ""), port.adapterSerial ?? "", product];
}
