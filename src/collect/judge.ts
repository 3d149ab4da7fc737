import { hashRow, HEAD_TYPE } from "../audit/chain.ts";
import { parseHead } from "../audit/head-file.ts";
import { claims, signatureCheck } from "../audit/station-key.ts";
import type { LineEvent } from "../contract/line-message.ts";
import type { ChainState } from "./chain-state.ts";
import { observed, type Observation } from "./finding.ts";

/** Control characters and unpaired surrogates: the canonical JSON of a station escapes both. */
const NEVER_WRITTEN = /[\p{Cc}\p{Cs}]/u;

/** Whether a row is what its digest was made of; pure, and needs nothing but the row. */
export function rowMisfit(event: LineEvent): Observation | undefined {
  const { position, type, body, hash } = event;
  if (NEVER_WRITTEN.test(type) || NEVER_WRITTEN.test(body))
    return observed("changed", position, "its content was changed: it holds a character that no station writes");
  return hashRow(event) === hash
    ? undefined
    : observed("changed", position, "its content was changed: it does not have its digest");
}

/** Where a row belongs among those that have come. */
export type Placement =
  | { readonly kind: "next" }
  /** It leaves out the positions that the observation tells. */
  | { readonly kind: "gap"; readonly observation: Observation }
  /** It fills what was missing. */
  | { readonly kind: "late"; readonly observation: Observation }
  | { readonly kind: "repeated" | "fork"; readonly observation: Observation };

/**
 * Places a row whose digest fits.
 * @param stored digest of the row that has come for this position before, if any
 */
export function placementOf(state: ChainState, { position, hash }: LineEvent, stored: string | undefined): Placement {
  const { top } = state;
  if (position === top + 1) return { kind: "next" };
  if (position > top) {
    const what = position === top + 2 ? "the row is missing" : `the rows up to ${position - 1} are missing`;
    return { kind: "gap", observation: { ...observed("gap", top + 1, what), lastPosition: position - 1 } };
  }
  if (stored === undefined)
    return { kind: "late", observation: observed("reordered", position, `it came after row ${top}`) };
  if (stored === hash) return { kind: "repeated", observation: observed("repeated", position, "it came once more") };
  return { kind: "fork", observation: observed("fork", position, "another row has come for this place before") };
}

/** What moves a chain on: the state behind the row, or why the row does not follow. */
export type Step = { readonly state: ChainState } | { readonly misfit: Observation };

/**
 * Moves a chain on by the row behind its position.
 * @param hashAt digest of an earlier row of the chain, for signed heads
 */
export async function follow(
  state: ChainState,
  event: LineEvent,
  hashAt: (position: number) => Promise<string | undefined>,
): Promise<Step> {
  const { position, previous, hash, type } = event;
  if (previous !== state.hash) return { misfit: notFollowing(event) };
  const moved = { ...state, position, hash };
  if (type === HEAD_TYPE) return signed(moved, event, hashAt);
  if (type === "batch.finished") return { state: { ...moved, lastBatchEnd: position } };
  if (type === "batch.started" && (state.heads === 0 || state.lastBatchEnd > state.signedUpTo)) {
    const what = "a batch starts though what came before is not signed: a signed head was taken out";
    return { misfit: observed("signature", position, what) };
  }
  return { state: moved };
}

/** What is said of a row that names another one as its predecessor. */
export function notFollowing({ position }: Pick<LineEvent, "position">): Observation {
  const before = position === 1 ? "the station's identity" : `row ${position - 1}`;
  return observed("fork", position, `it does not follow ${before}: one of the two was changed`);
}

async function signed(
  state: ChainState,
  { position, at, body }: LineEvent,
  hashAt: (position: number) => Promise<string | undefined>,
): Promise<Step> {
  const wrong = (what: string): Step => ({ misfit: observed("signature", position, what) });
  const head = parseHead(body);
  if (head === undefined || !Number.isSafeInteger(head.position) || head.position < 0 || head.position >= position)
    return wrong("the signed head cannot be read");
  if ((await hashAt(head.position)) !== head.hash) return wrong(`the signed head is not that of row ${head.position}`);
  const { claimOf } = await signatureCheck(state.identity?.publicKey ?? "");
  const claim = await claimOf(head.jws);
  if (!claims(claim, state.station, head) || claim?.at !== at)
    return wrong("the signature is not the station's over this head");
  return { state: { ...state, heads: state.heads + 1, signedUpTo: head.position } };
}
