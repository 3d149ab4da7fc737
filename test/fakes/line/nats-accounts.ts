import { createHash } from "node:crypto";
import { createAccount, createOperator, createUser, type KeyPair } from "@nats-io/nkeys";

/** What a user may do; absent: everything within the account. */
export type UserLimits = {
  readonly publish?: readonly string[];
  readonly subscribe?: readonly string[];
  /** Seconds since 1970 after which the credentials hold no longer. */
  readonly expires?: number;
};

/** Operator, accounts and users as `nsc` makes them: JWTs signed with nkeys, and credentials files. */
export class NatsAccounts {
  readonly #operator = createOperator();
  readonly #system = createAccount();
  readonly #account = createAccount();

  /** Lines for a server's configuration file. */
  get config(): string {
    const [operator, system, account] = [this.#operator, this.#system, this.#account].map(publicKey);
    const limits = { subs: -1, conn: -1, leaf: -1, imports: -1, exports: -1, data: -1, payload: -1, wildcards: true };
    const storage = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };
    const nats = { type: "account", version: 2 };
    const operatorJwt = sign(this.#operator, operator ?? "", "factory", {
      ...{ type: "operator", version: 2, system_account: system },
    });
    const systemJwt = sign(this.#operator, system ?? "", "SYS", { ...nats, limits });
    const accountJwt = sign(this.#operator, account ?? "", "LINE", { ...nats, limits: { ...limits, ...storage } });
    return [
      `operator: ${operatorJwt}`,
      `system_account: ${system}`,
      "resolver: MEMORY",
      `resolver_preload: { ${system}: ${systemJwt}, ${account}: ${accountJwt} }`,
    ].join("\n");
  }

  /** The text of a `.creds` file of a new user of the line's account. */
  credentials(name: string, { publish, subscribe, expires }: UserLimits = {}): string {
    const user = createUser();
    const jwt = sign(
      this.#account,
      publicKey(user),
      name,
      {
        ...{ type: "user", version: 2, subs: -1, data: -1, payload: -1 },
        pub: publish === undefined ? {} : { allow: publish },
        sub: subscribe === undefined ? {} : { allow: subscribe },
      },
      expires,
    );
    const seed = new TextDecoder().decode(user.getSeed());
    return [
      "-----BEGIN NATS USER JWT-----",
      jwt,
      "------END NATS USER JWT------",
      "",
      "************************* IMPORTANT *************************",
      "NKEY Seed printed below can be used to sign and prove identity.",
      "NKEYs are sensitive and should be treated as secrets.",
      "",
      "-----BEGIN USER NKEY SEED-----",
      seed,
      "------END USER NKEY SEED------",
      "",
    ].join("\n");
  }
}

/** A user that is known to the server by its nkey alone: the seed for its file, and lines for the server's configuration. */
export function nkeyUser(): { readonly seed: string; readonly config: string } {
  const user = createUser();
  return {
    seed: `${new TextDecoder().decode(user.getSeed())}\n`,
    config: `authorization { users: [ { nkey: ${publicKey(user)} } ] }`,
  };
}

function publicKey(pair: KeyPair): string {
  return pair.getPublicKey();
}

function sign(issuer: KeyPair, subject: string, name: string, nats: object, expires?: number): string {
  const claim = {
    iat: 1_700_000_000,
    iss: publicKey(issuer),
    name,
    sub: subject,
    nats,
    ...(expires && { exp: expires }),
  };
  const jti = createHash("sha256").update(JSON.stringify(claim)).digest("base64url");
  const text = `${encoded({ typ: "JWT", alg: "ed25519-nkey" })}.${encoded({ jti, ...claim })}`;
  return `${text}.${Buffer.from(issuer.sign(new TextEncoder().encode(text))).toString("base64url")}`;
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
