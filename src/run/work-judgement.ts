import { StationError } from "../core/error.ts";
import { quantity, type Facts } from "../core/fact.ts";
import type { SessionOutcome } from "../provisioning/session-result.ts";
import { samePlace } from "./credential-command.ts";
import type { ExecutedCommand, Ledger } from "./ledger.ts";
import { fulfils, type Expectation } from "./recipe-expectation.ts";

const NAMED = 5;

/**
 * Judges one session of the provisioning library by itself: it ended well, no command failed, every response was confirmed.
 * @throws StationError the session's own error, run.command-failed, run.result-unreported
 */
export function judgeSession(session: SessionOutcome): void {
  if (session.error !== undefined) throw session.error;
  const { concluded, failed, reported } = session.commands;
  if (failed > 0) throw commandsFailed(failed);
  if (session.result === "failed")
    throw new StationError("run.result-unreported", "the session failed without a reason", { concluded, reported });
}

/**
 * Judges what all sessions of a run did to the unit against the recipe: everything that the recipe orders was executed, with
 * the recipe's contents, and the end of the list was acknowledged where the recipe has one.
 * @param unreported tried commands whose response the service did not confirm
 * @throws StationError run.command-failed, run.result-unreported, run.nothing-executed, at.keygen-failed, run.commands-missing,
 * run.not-finished, run.content-differs
 */
export function judgeWork(
  ledger: Ledger,
  expectations: readonly Expectation[],
  end: { readonly finished: boolean; readonly unreported: number },
): void {
  const total = expectations.length;
  const failed = ledger.executed.filter(({ result }) => result === "error");
  if (failed.length > 0) throw commandsFailed(failed.length);
  if (end.unreported > 0) {
    const facts = { unreported: quantity(end.unreported, "commands") };
    throw new StationError("run.result-unreported", "results were not confirmed by the service", facts);
  }
  if (total > 0 && ledger.executed.length === 0)
    throw new StationError("run.nothing-executed", "the service had no commands", {
      expected: quantity(total, "commands"),
    });
  const missing = missingOf(ledger, expectations);
  // A service that gets no key in the report sends nothing more of its list: it is the modem that owes it.
  const keyless = ledger.executed.find(
    ({ name, result, made }) => name === "%KEYGEN" && result === "ok" && made === undefined,
  );
  if (missing.length > 0 && keyless !== undefined)
    throw new StationError("at.keygen-failed", "the modem said OK to a key generation and told no key", {
      command: "%KEYGEN",
    });
  if (missing.some((expectation) => expectation.kind !== "finished"))
    throw new StationError(
      "run.commands-missing",
      "commands of the recipe were not executed",
      missingFacts(missing, total),
    );
  const different = expectations.find((expectation) => differs(ledger, expectation, expectations));
  if (different !== undefined) {
    const what = "the service sent another content than the recipe holds";
    throw new StationError("run.content-differs", what, { command: different.what });
  }
  const wantsEnd = expectations.some((expectation) => expectation.kind === "finished");
  if (missing.length > 0 || (wantsEnd && !end.finished))
    throw new StationError(
      "run.not-finished",
      "the end of the recipe was not acknowledged",
      missingFacts(missing, total),
    );
}

function commandsFailed(count: number): StationError {
  return new StationError("run.command-failed", "the modem refused commands", { failed: quantity(count, "commands") });
}

/** What of the recipe was not executed; each command counts once, in the recipe's order. */
export function missingOf(ledger: Ledger, expectations: readonly Expectation[]): readonly Expectation[] {
  const used = new Set<ExecutedCommand>();
  return expectations.filter((expectation) => {
    if (expectation.kind === "settings") return !hasSettings(ledger, expectation.settings);
    if (expectation.kind === "finished") return !ledger.executed.some((command) => fulfils(command, expectation));
    const found = ledger.executed.find((command) => !used.has(command) && fulfils(command, expectation));
    if (found !== undefined) used.add(found);
    return found === undefined;
  });
}

/** A service may cut a command of several settings into several: the keys count, not the commands. */
function hasSettings(ledger: Ledger, settings: Readonly<Record<string, string>>): boolean {
  return Object.keys(settings).every((key) => ledger.settings.has(key));
}

/** Whether the unit holds something else than the last command of the recipe for the same place says. */
function differs(ledger: Ledger, expectation: Expectation, all: readonly Expectation[]): boolean {
  switch (expectation.kind) {
    case "credential": {
      const { place, looseSha256 } = expectation;
      const last = all.findLast((other) => other.kind === "credential" && samePlace(other.place, place));
      const held = ledger.held.find((credential) => samePlace(credential, place));
      return last === expectation && held?.looseSha256 !== undefined && looseSha256 !== undefined
        ? held.looseSha256 !== looseSha256
        : false;
    }
    case "settings":
      return Object.entries(expectation.settings).some(([key, value]) => {
        const last = all.findLast((other) => other.kind === "settings" && Object.hasOwn(other.settings, key));
        return last === expectation && ledger.settings.get(key) !== value;
      });
    case "at":
    case "finished":
      return false;
  }
}

function missingFacts(missing: readonly Expectation[], total: number): Facts {
  const names = missing.slice(0, NAMED).map((expectation) => expectation.what);
  return {
    missing: quantity(missing.length, "commands"),
    expected: quantity(total, "commands"),
    first: names.join(", "),
  };
}
