/** A credential's place in the modem. */
export type CredentialPlace = { readonly secTag: number; readonly credential: number };

/** What an AT command does to the modem's credentials. */
export type CredentialEffect =
  | {
      readonly kind: "write";
      readonly place: CredentialPlace;
      readonly content: string;
      /** The modem decrypts it and keeps what comes out (PKCS#8 with a password, at.md 4). */
      readonly encrypted: boolean;
    }
  | { readonly kind: "generate"; readonly place: CredentialPlace }
  | { readonly kind: "delete"; readonly place: CredentialPlace }
  | { readonly kind: "reset" };

/**
 * Reads what a provisioning command does to the credentials (at.md 4 and 5), or undefined when nothing.
 * @param command name with prefix, `%CMNG`
 * @param parameters as sent behind `=`
 */
export function credentialEffect(command: string, parameters: string): CredentialEffect | undefined {
  switch (command.toUpperCase()) {
    case "%CMNG":
      return writeEffect(parameters) ?? deleteEffect(parameters);
    case "%KEYGEN": {
      const place = placeOf(/^ *(\d{1,10}) *, *(\d{1,3}) *(?:,|$)/.exec(parameters));
      return place === undefined ? undefined : { kind: "generate", place };
    }
    case "%XFACTORYRESET":
      return { kind: "reset" };
    default:
      return undefined;
  }
}

function writeEffect(parameters: string): CredentialEffect | undefined {
  const found = /^ *0 *, *(\d{1,10}) *, *(\d{1,3}) *, *"([^"]*)"/.exec(parameters);
  const place = placeOf(found);
  const content = found?.[3];
  if (place === undefined || content === undefined) return undefined;
  return { kind: "write", place, content, encrypted: isEncrypted(content) };
}

/** Whether a content is a PKCS#8 key that the modem decrypts; a password beside anything else is ignored (at.md 4). */
export function isEncrypted(content: string): boolean {
  return content.includes("-----BEGIN ENCRYPTED PRIVATE KEY-----");
}

function deleteEffect(parameters: string): CredentialEffect | undefined {
  const place = placeOf(/^ *3 *, *(\d{1,10}) *, *(\d{1,3}) *$/.exec(parameters));
  return place === undefined ? undefined : { kind: "delete", place };
}

function placeOf(found: RegExpExecArray | null): CredentialPlace | undefined {
  if (found?.[1] === undefined || found[2] === undefined) return undefined;
  return { secTag: Number(found[1]), credential: Number(found[2]) };
}

/** Whether two places are the same. */
export function samePlace(left: CredentialPlace, right: CredentialPlace): boolean {
  return left.secTag === right.secTag && left.credential === right.credential;
}
