import fc from "fast-check";
import { decodeWireText } from "../../src/core/wire-text.ts";
import type { Command, CommandResponse } from "../../src/provisioning/command.ts";

/** Wire text of any bytes, valid UTF-8 or not. */
export function wireTexts(maxLength = 40): fc.Arbitrary<string> {
  return fc.oneof(fc.string({ maxLength, unit: "grapheme-ascii" }), fc.uint8Array({ maxLength }).map(decodeWireText));
}

/** Ids that devices can remember. */
const ids = wireTexts(15);

/** Any command that devices read. */
export const commands: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    kind: fc.constant("at" as const),
    id: ids,
    command: wireTexts(),
    parameters: wireTexts(200),
    ignoreCmeErrors: fc.array(fc.nat({ max: 0xffff_ffff }), { maxLength: 6 }),
  }),
  fc.record({
    kind: fc.constant("config" as const),
    id: ids,
    properties: fc.array(fc.tuple(wireTexts(), wireTexts()), { maxLength: 10 }),
  }),
  fc.record({ kind: fc.constant("finished" as const), id: ids }),
);

/** Lists of 1 to 10 commands. */
export const commandLists = fc.array(commands, { minLength: 1, maxLength: 10 });

/** Any response. */
export const responses: fc.Arbitrary<CommandResponse> = fc.oneof(
  fc.record({
    kind: fc.constant("error" as const),
    id: ids,
    cme: fc.nat({ max: 0xffff_ffff }),
    message: wireTexts(300),
  }),
  fc.record({ kind: fc.constant("at" as const), id: ids, message: wireTexts(300) }),
  fc.record({ kind: fc.constant("config" as const), id: ids }),
  fc.record({ kind: fc.constant("finished" as const), id: ids }),
);

/** Bytes with some of them changed, cut, doubled or put in. */
export function mutated(bytes: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  const edit = fc.record({
    kind: fc.constantFrom("set", "insert", "remove", "cut", "double"),
    at: fc.nat(),
    value: fc.oneof(
      fc.constantFrom(0x9f, 0xff, 0xbf, 0x80, 0x81, 0x18, 0x1b, 0x7f, 0xa0, 0xd9, 0x9b, 0x82, 0x83, 0x85, 0, 1, 2),
      fc.nat({ max: 255 }),
    ),
  });
  return fc.tuple(bytes, fc.array(edit, { minLength: 1, maxLength: 4 })).map(([original, edits]) => {
    const list = [...original];
    for (const { kind, at, value } of edits) {
      const place = list.length === 0 ? 0 : at % list.length;
      if (kind === "set") list[place] = value;
      else if (kind === "insert") list.splice(place, 0, value);
      else if (kind === "remove") list.splice(place, 1);
      else if (kind === "cut") list.length = place;
      else list.splice(place, 0, ...list.slice(place, place + 8));
    }
    return Uint8Array.from(list);
  });
}
