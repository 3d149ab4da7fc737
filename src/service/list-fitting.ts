import { encodeWireText } from "../core/wire-text.ts";
import { encodeCommandList } from "../provisioning/command-list-encoder.ts";
import type { Command } from "../provisioning/command.ts";
import type { FetchQuery } from "./fetch-query.ts";
import { deliveryOrder, type QueueEntry } from "./queue-rules.ts";

/** What a device can take in one list (protocol.md 14.2). */
export type ListLimits = {
  readonly commands: number;
  /** The CBOR list, bytes. */
  readonly listBytes: number;
  /** One AT string, bytes. */
  readonly atBytes: number;
  /** The response list, bytes. */
  readonly resultBytes: number;
};

/** CODEC_AT_CMD_LEN by default: the device's AT buffer is at least that long, whatever its TX buffer (protocol.md 4.2). */
const LEAST_AT_BUFFER = 1792;

/**
 * The limits of a device.
 * @param transportBytes what the transport's own head takes of the receive buffer: HTTP 401, CoAP 0
 */
export function limitsOf(query: FetchQuery, transportBytes: number): ListLimits {
  return {
    commands: query.limit,
    listBytes: query.rxMaxSize - transportBytes,
    atBytes: Math.max(query.txMaxSize, LEAST_AT_BUFFER) - 1,
    resultBytes: query.txMaxSize,
  };
}

/** Why a command can never reach this device, or undefined when it fits a list of its own. */
export function misfit(command: Command, limits: ListLimits): string | undefined {
  const at = atBytes(command);
  if (at > limits.atBytes) return `the AT command has ${at} bytes; the device's buffer takes ${limits.atBytes}`;
  const list = encodeCommandList([command]).length;
  if (list > limits.listBytes)
    return `the command takes ${list} bytes; the device's receive buffer leaves ${limits.listBytes} for a list`;
  const result = LIST_HEAD + expectedResultBytes(command);
  return result > limits.resultBytes
    ? `the expected result has ${result} bytes; the device's transmit buffer takes ${limits.resultBytes}`
    : undefined;
}

/**
 * The longest beginning of the queue that one list may hold. FINISHED comes last and only when nothing else stays behind
 * (protocol.md 14.2). Every entry must fit by itself (see {@link misfit}).
 */
export function fitList(queue: readonly QueueEntry[], limits: ListLimits): readonly QueueEntry[] {
  const fitting: QueueEntry[] = [];
  let results = LIST_HEAD;
  for (const entry of deliveryOrder(queue)) {
    results += expectedResultBytes(entry.command);
    if (fitting.length >= limits.commands || results > limits.resultBytes) break;
    const list = encodeCommandList([...fitting, entry].map(({ command }) => command));
    if (list.length > limits.listBytes) break;
    fitting.push(entry);
  }
  return fitting;
}

const LIST_HEAD = 1;
/** Heads of one response: its array, the id, type, CME code and message. */
const RESPONSE_HEADS = 13;
const SHORT_MESSAGE = 20;
const UNKNOWN_MESSAGE = 256;
const PUBLIC_KEY_MESSAGE = 360;
const CSR_MESSAGE = 600;
/** The default subject `CN=<device UUID>`; a longer one makes the CSR longer. */
const DEFAULT_SUBJECT = 39;

/** The bytes that the result of a command will take in the response list: an upper estimate from at.md 5 and protocol.md 14.2. */
export function expectedResultBytes(command: Command): number {
  return encodeWireText(command.id).length + RESPONSE_HEADS + expectedMessageBytes(command);
}

function expectedMessageBytes(command: Command): number {
  if (command.kind === "finished") return 0;
  if (command.kind === "config") return SHORT_MESSAGE;
  const [first, , content, attributes] = command.parameters.split(",", 4);
  switch (command.command.toUpperCase()) {
    case "%KEYGEN": {
      if (content === "1") return PUBLIC_KEY_MESSAGE;
      const subject = Math.max(0, (attributes?.length ?? 0) - DEFAULT_SUBJECT);
      return CSR_MESSAGE + 2 * subject;
    }
    case "%CMNG":
      return first === "0" || first === "3" ? SHORT_MESSAGE : UNKNOWN_MESSAGE;
    default:
      return UNKNOWN_MESSAGE;
  }
}

function atBytes(command: Command): number {
  return command.kind === "at" ? encodeWireText(`AT${command.command}=${command.parameters}`).length : 0;
}
