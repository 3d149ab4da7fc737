import { randomBytes } from "node:crypto";
import type { RandomBytes } from "../core/ids.ts";
import type { Answer } from "./answer.ts";
import type { AtCall } from "./at-call.ts";
import type { Board } from "./board.ts";
import type { KeygenSignature } from "./cose.ts";
import { DEFAULT_STORAGE } from "./credential.ts";
import { CredentialStore } from "./credential-store.ts";
import { MODELS, type ModelFacts, type ModemModel } from "./model.ts";
import { ModemClock } from "./modem-clock.ts";
import type { ModemOptions, Quirk } from "./modem-options.ts";

/** What a modem is, fixed while it lives. */
export type ModemTraits = {
  readonly model: ModemModel;
  readonly facts: ModelFacts;
  readonly firmware: string;
  readonly hardware: string;
  readonly bootMode: number;
  readonly sim: boolean;
  readonly echo: boolean;
  readonly echoStuck: boolean;
  readonly listReserved: boolean;
  readonly overwrite: boolean;
  readonly checkContent: boolean;
  readonly keygenSignature: KeygenSignature;
  readonly nullParameters: boolean;
};

/** Carries out one command; a quirk makes it go wrong in that way. */
export type Handler = (modem: ModemState, call: AtCall, quirk?: Quirk) => Answer;

/** Everything a modem knows: what it is, what it keeps, and what it forgets without power. */
export class ModemState {
  readonly board: Board;
  readonly traits: ModemTraits;
  readonly store: CredentialStore;
  readonly clock: ModemClock;
  readonly random: RandomBytes;
  mode = 0;
  cmee: 0 | 1 = 0;
  echo = false;

  constructor(options: ModemOptions) {
    this.board = options.board;
    this.traits = traitsOf(options);
    this.store = new CredentialStore(options.storage ?? DEFAULT_STORAGE, options.memory);
    this.clock = new ModemClock(options.clock);
    this.random = options.random ?? ((count) => randomBytes(count));
    this.forget();
  }

  /** Power was cut: mode, error reports, echo and time are as after power-up; credentials stay. */
  forget(): void {
    this.mode = this.traits.bootMode;
    this.cmee = 0;
    this.echo = this.traits.echo;
    this.clock.forget();
  }

  /** Whether credentials may be changed: only in functional modes 0 and 4 (at.md 8). */
  get offline(): boolean {
    return this.mode === 0 || this.mode === 4;
  }
}

function traitsOf(options: ModemOptions): ModemTraits {
  const model = options.model ?? "nRF9151-LACA";
  const facts = MODELS[model];
  return {
    model,
    facts,
    firmware: options.firmware ?? facts.firmware,
    hardware: options.hardware ?? facts.hardware,
    bootMode: options.bootMode ?? 1,
    sim: options.sim ?? true,
    echo: options.echo ?? false,
    echoStuck: options.echoStuck ?? false,
    listReserved: options.listReserved ?? true,
    overwrite: options.overwrite ?? !facts.x1,
    checkContent: options.checkContent ?? false,
    keygenSignature: options.keygenSignature ?? (facts.x1 ? "aad-empty" : "aad-der"),
    nullParameters: options.nullParameters ?? !facts.x1,
  };
}
