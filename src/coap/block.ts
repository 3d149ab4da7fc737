import { StationError } from "../core/error.ts";
import { optionValue, uintOf, uintOption, type CoapOption } from "./options.ts";

/** Sizes that a block may have, in bytes (RFC 7959 section 2.2). */
export const BLOCK_SIZES = [16, 32, 64, 128, 256, 512, 1024] as const;
export type BlockSize = (typeof BLOCK_SIZES)[number];

/** A Block1 or Block2 option: part `number` of a body in parts of `size` bytes, and whether more follow. */
export type Block = { readonly number: number; readonly more: boolean; readonly size: BlockSize };

const LARGEST_NUMBER = 0xfffff;

/** The largest block size that is at most `bytes`; 16 at least. */
export function blockSizeWithin(bytes: number): BlockSize {
  return BLOCK_SIZES.findLast((size) => size <= bytes) ?? 16;
}

/** Where a block's bytes begin in the body. */
export function blockStart({ number, size }: Block): number {
  return number * size;
}

/** @param number OPTION.block1 or OPTION.block2 */
export function blockOption(number: number, block: Block): CoapOption {
  const exponent = BLOCK_SIZES.indexOf(block.size);
  return uintOption(number, block.number * 16 + (block.more ? 8 : 0) + exponent);
}

/**
 * The block option of a number among a message's options.
 * @throws StationError coap.block when it is longer than 3 bytes or of the reserved size
 */
export function blockAmong(options: readonly CoapOption[], number: number): Block | undefined {
  const value = optionValue(options, number);
  if (value === undefined) return undefined;
  if (value.length > 3) throw new StationError("coap.block", "a block option is longer than 3 bytes");
  const coded = uintOf(value);
  const size = BLOCK_SIZES[coded & 7];
  if (size === undefined) throw new StationError("coap.block", "a block option has the reserved size");
  return { number: Math.min(coded >> 4, LARGEST_NUMBER), more: (coded & 8) !== 0, size };
}
