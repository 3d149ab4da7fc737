import { inject, type InjectionKey } from "vue";
import {
  parseMessage,
  parseReply,
  type Answers,
  type Asks,
  type Channel,
  type DesktopApi,
  type Message,
  type RequestKind,
} from "../../src/contract/desktop.ts";
import { StationError } from "../../src/core/error.ts";

/** The way to the main process, with everything that comes from there parsed. */
export type StationClient = {
  /** The answer to a request. @throws StationError the one that the main process reported; desktop.answer */
  ask<Kind extends RequestKind>(kind: Kind, asks: Asks<Kind>): Promise<Answers<Kind>>;
  /** Calls the listener with each message of a channel from now on; the answer ends that. */
  listen<Of extends Channel>(channel: Of, listener: (message: Message<Of>) => void): () => void;
};

const STATION_CLIENT: InjectionKey<StationClient> = Symbol("station client");

/** The client over what the preload gives, or over a fake of it. */
export function stationClient(api: DesktopApi): StationClient {
  return {
    ask: async (kind, asks) => parseReply(kind, await api.request(kind, asks)),
    listen: (channel, listener) => api.subscribe(channel, (message) => listener(parseMessage(channel, message))),
  };
}

/** The key and the client, for `app.provide`. */
export function providedClient(client: StationClient): [InjectionKey<StationClient>, StationClient] {
  return [STATION_CLIENT, client];
}

/** The client that the application was mounted with; for stores and components. @throws StationError station.internal */
export function useStationClient(): StationClient {
  const client = inject(STATION_CLIENT);
  if (client === undefined) throw new StationError("station.internal", "no station client was provided");
  return client;
}
