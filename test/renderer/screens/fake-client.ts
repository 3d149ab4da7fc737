import type { StationClient } from "../../../renderer/api/station-client.ts";
import type { RequestKind } from "../../../src/contract/desktop.ts";

/** What a fake station answers to each kind of request; a kind without an answer fails the spec. */
export type FakeAnswers = Partial<Record<RequestKind, (asks: never) => unknown>>;

/** A client over fake answers, with everything that was asked, and a way to tell progress and news. */
export function fakeClient(answers: FakeAnswers) {
  const asked: { readonly kind: RequestKind; readonly asks: unknown }[] = [];
  const listeners = new Set<{ readonly channel: string; readonly listener: (message: never) => void }>();
  const client: StationClient = {
    ask: async (kind, asks) => {
      asked.push({ kind, asks });
      const answer = answers[kind];
      if (answer === undefined) throw new Error(`nobody expected ${kind}`);
      return (await answer(asks as never)) as never;
    },
    listen: (channel, listener) => {
      const entry = { channel, listener: listener as (message: never) => void };
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
  };
  const tell = (channel: string, message: unknown): void => {
    for (const entry of listeners) if (entry.channel === channel) entry.listener(message as never);
  };
  return { client, asked, tell, listening: () => listeners.size };
}

/** A promise that the spec ends when it likes. */
export function gate<Value>() {
  const ends: { resolve?: (value: Value) => void; reject?: (reason: unknown) => void } = {};
  const promise = new Promise<Value>((resolve, reject) => Object.assign(ends, { resolve, reject }));
  return {
    promise,
    resolve: (value: Value) => ends.resolve?.(value),
    reject: (reason: unknown) => ends.reject?.(reason),
  };
}
