import type { AuditStore } from "../audit/audit-store.ts";
import type { CertificateBook } from "../audit/certificate-book.ts";
import { signingOrders } from "../contract/recipe-signing.ts";
import type { Recipe } from "../contract/recipe.ts";
import type { Clock } from "../core/clock.ts";
import { StationError } from "../core/error.ts";
import type { DeviceUuid, RandomBytes, RunId } from "../core/ids.ts";
import { CertificateIssuer, type SigningOptions } from "./certificate-issuer.ts";
import type { AnswerOne, RunDesks } from "./run-desk.ts";

/** What the desk works with. */
export type CertificateDeskParts = {
  readonly signing: SigningOptions;
  readonly recipe: Recipe;
  readonly store: Pick<AuditStore, "certificates">;
  readonly clock: Clock;
  readonly random: RandomBytes;
};

/** Requests of one run that may be signed for each that its recipe orders: a unit that repeats its key generation makes another. */
const MOST_REQUESTS = 4;

/** Where runs get the certificates that their recipe orders from CAs of one's own. */
class CertificateDesk {
  readonly #issuer: CertificateIssuer;
  readonly #recipe: Recipe;
  readonly #book: CertificateBook;

  constructor({ signing, recipe, store, clock, random }: CertificateDeskParts) {
    this.#issuer = new CertificateIssuer({ ...signing, book: store.certificates, clock, random });
    this.#recipe = recipe;
    this.#book = store.certificates;
  }

  /** Whether what the recipe orders can be signed now; before any modem is touched. @throws StationError pki.* */
  check(): Promise<void> {
    return this.#issuer.check(signingOrders(this.#recipe).map(({ authority }) => authority));
  }

  /** Signs as the recipe says, for the unit that asks: neither CA nor subject are the worker's to choose. */
  readonly answer: AnswerOne = async (question, { runId, slot, uuid, device }) => {
    if (question.kind !== "certificate") throw new StationError("station.internal", "the question is for another desk");
    const { secTag, csr } = question;
    const order = signingOrders(this.#recipe).find((one) => one.secTag === secTag);
    if (order === undefined || !this.#mayAsk(uuid, runId))
      throw new StationError("station.worker-protocol", "the worker wants signed what its recipe does not order", {
        ...{ slot, secTag },
      });
    const { imei, boardSerial } = device;
    const facts = { uuid, imei, ...(boardSerial === undefined ? {} : { boardSerial }) };
    const signed = await this.#issuer.issue({ authority: order.authority, csr, facts, uuid, run: runId });
    return { kind: "certificate", by: order.authority, ...signed };
  };

  /** Counted in the record: a worker that goes astray must not empty a CA. */
  #mayAsk(uuid: DeviceUuid, runId: RunId): boolean {
    const allotted = this.#book.ofUnit(uuid).filter(({ run }) => run === runId);
    return allotted.length < MOST_REQUESTS * signingOrders(this.#recipe).length;
  }
}

/** The desk as a station takes it; a recipe that orders no certificates needs none. */
export function certificateDesks(parts: CertificateDeskParts): RunDesks {
  if (signingOrders(parts.recipe).length === 0) return {};
  const desk = new CertificateDesk(parts);
  return { certificate: desk.answer, beforeBatch: () => desk.check() };
}
