import type { Command, CommandResponse } from "../../provisioning/command.ts";
import { invalid, isRecord, listField, listOf, numberOf, textField, wireTextOf, type Row } from "./row.ts";

/** Commands as the vector files write decoded lists: objects with `kind`. @throws StationError file.invalid */
export function commandsOf(value: unknown, field: string): readonly Command[] {
  return listOf(value, field).map((entry) => {
    if (!isRecord(entry)) throw invalid(field, "command");
    return commandOf(entry, field);
  });
}

function commandOf(entry: Row, field: string): Command {
  const id = wireTextOf(entry["id"], `${field}.id`);
  switch (textField(entry, "kind")) {
    case "at":
      return {
        kind: "at",
        id,
        command: wireTextOf(entry["command"], `${field}.command`),
        parameters: wireTextOf(entry["parameters"], `${field}.parameters`),
        ignoreCmeErrors: listField(entry, "ignoreCmeErrors").map((code) => numberOf(code, `${field}.ignoreCmeErrors`)),
      };
    case "config":
      return { kind: "config", id, properties: pairsOf(entry["properties"], `${field}.properties`) };
    case "finished":
      return { kind: "finished", id };
  }
  throw invalid(`${field}.kind`, "at, config or finished");
}

/** Key-value pairs: a list of pairs, or an object in its order. @throws StationError file.invalid */
export function pairsOf(value: unknown, field: string): readonly (readonly [string, string])[] {
  const entries = isRecord(value) ? Object.entries(value) : listOf(value, field);
  return entries.map((entry) => {
    const [key, content] = listOf(entry, field);
    return [wireTextOf(key, field), wireTextOf(content, field)];
  });
}

/** Responses as the vector files write them: arrays as on the wire. @throws StationError file.invalid */
export function responsesOf(value: unknown, field: string): readonly CommandResponse[] {
  return listOf(value, field).map((entry) => responseOf(listOf(entry, field), field));
}

function responseOf(entry: readonly unknown[], field: string): CommandResponse {
  const id = wireTextOf(entry[0], `${field}.id`);
  const text = (index: number): string => wireTextOf(entry[index], `${field}.message`);
  switch (entry[1]) {
    case 99:
      return { kind: "error", id, cme: numberOf(entry[2], `${field}.cme`), message: text(3) };
    case 100:
      return { kind: "at", id, message: text(2) };
    case 101:
      return { kind: "config", id };
    case 102:
      return { kind: "finished", id };
  }
  throw invalid(`${field}.type`, "99 to 102");
}
