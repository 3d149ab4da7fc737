import type { OwnerRequest } from "../contract/owner-api.ts";
import type { Command } from "../provisioning/command.ts";

/** Credential types of %CMNG (at.md 4). */
const TYPE = { rootCa: 0, clientCertificate: 1, clientKey: 2, psk: 3, pskIdentity: 4, endorsementKey: 8 } as const;

const NOT_FOUND = 513;

/** Marks a helper command: its result matters only when it fails. */
const HELPER = ".s";

/** Whether a device command only prepares the next one. */
export function isHelper(id: string): boolean {
  return id.endsWith(HELPER);
}

/**
 * The device commands of an owner's request, in order (protocol.md 14.3). Writes and key generation are preceded by a deletion
 * that ignores 513, since the modem may refuse to overwrite (open-questions.md Q13).
 * @param id `<uuid>.<short suffix>`, at most 41 characters, so that the ids made of it stay within 45 (protocol.md 2.7)
 */
export function deviceCommands(request: OwnerRequest, id: string): readonly Command[] {
  switch (request.kind) {
    case "certificateSigningRequest":
    case "cloudAccessKeyGeneration":
      return generate(id, request.options, 0);
    case "clientPrivateKeyGeneration":
      return generate(id, request.options, 1);
    case "endorsementKeyGeneration":
      return [at(id, "%KEYGEN", [request.options.secTag, TYPE.endorsementKey, 1])];
    case "serverCertificate":
      return write(id, request.options.secTag, TYPE.rootCa, [request.options.content]);
    case "clientCertificate":
      return write(id, request.options.secTag, TYPE.clientCertificate, [request.options.content]);
    case "clientPrivateKey": {
      const { secTag, content, password } = request.options;
      return write(id, secTag, TYPE.clientKey, password === undefined ? [content] : [content, password]);
    }
    case "preSharedKey": {
      const { secTag, identity, secret } = request.options;
      return [...write(id, secTag, TYPE.psk, [secret]), ...write(`${id}.i`, secTag, TYPE.pskIdentity, [identity])];
    }
    case "atCommand": {
      const { command, parameters, ignoreCmeErrors } = request.options;
      return [{ kind: "at", id, command, parameters, ignoreCmeErrors }];
    }
    case "config":
      return [{ kind: "config", id, properties: Object.entries(request.options) }];
    case "finished":
      return [{ kind: "finished", id }];
  }
}

type KeyOptions = { readonly secTag: number; readonly attributes: string; readonly keyUsage: string };

function generate(id: string, options: KeyOptions, content: 0 | 1): readonly Command[] {
  const { secTag, attributes, keyUsage } = options;
  const texts = keyUsage !== "" ? [attributes, keyUsage] : attributes !== "" ? [attributes] : [];
  return [remove(id, secTag, TYPE.clientKey), at(id, "%KEYGEN", [secTag, TYPE.clientKey, content], texts)];
}

function write(id: string, secTag: number, type: number, texts: readonly string[]): readonly Command[] {
  return [remove(id, secTag, type), at(id, "%CMNG", [0, secTag, type], texts)];
}

function remove(id: string, secTag: number, type: number): Command {
  return { ...at(`${id}${HELPER}`, "%CMNG", [3, secTag, type]), ignoreCmeErrors: [NOT_FOUND] };
}

function at(id: string, command: string, numbers: readonly number[], texts: readonly string[] = []): AtForm {
  const parameters = [...numbers.map(String), ...texts.map((text) => `"${text}"`)].join(",");
  return { kind: "at", id, command, parameters, ignoreCmeErrors: [] };
}

type AtForm = Extract<Command, { readonly kind: "at" }>;
