import { parseKeygenToken, type KeygenToken } from "../provisioning/keygen-token.ts";

/** The token in the answer of a key generation (at.md 5); undefined when there is none or it cannot be read. */
export function keygenAnswer(message: string): KeygenToken | undefined {
  const text = /%KEYGEN: *"([^"]*)"/i.exec(message)?.[1];
  if (text === undefined) return undefined;
  try {
    return parseKeygenToken(text);
  } catch {
    return undefined;
  }
}
