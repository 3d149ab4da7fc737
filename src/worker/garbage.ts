import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Bytes of the objects of this process, on V8's heap and beside it. */
export function usedMemory(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/**
 * V8's full collection; harmless where the platform does not give it. It has a name only in contexts that are made while its flag
 * is set, and Electron starts its processes without flags of their own.
 */
export function garbageCollector(): () => void {
  const found: { collect?: () => void } = {};
  return () => (found.collect ??= findCollector())();
}

function findCollector(): () => void {
  setFlagsFromString("--expose-gc");
  const gc: unknown = runInNewContext("globalThis.gc");
  setFlagsFromString("--no-expose-gc");
  return typeof gc === "function" ? () => void Reflect.apply(gc, undefined, []) : () => undefined;
}
