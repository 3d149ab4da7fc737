import { isSignature } from "./public-key.ts";

/**
 * Whether a text is a token signed with ES256, as a device with a registration token of its own makes it (nRF93M1). What such a
 * token says, and which key must have signed it, is not known in the open: it is taken for what it looks like.
 */
export function isOnboardingToken(text: string): boolean {
  const parts = text.split(".");
  const [header = "", claims = "", signature = ""] = parts;
  if (parts.length !== 3 || !parts.every((part) => /^[A-Za-z0-9_-]+$/.test(part))) return false;
  const head = objectOf(header);
  return (
    head?.["alg"] === "ES256" && objectOf(claims) !== undefined && isSignature(Buffer.from(signature, "base64url"))
  );
}

function objectOf(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString());
    return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
