import type { CodeTable } from "../error-code.ts";

/** Codes of the owner's REST API (src/cloud). */
export const CLOUD_CODES = {
  "cloud.key-missing": {
    blame: "station",
    retry: false,
    advice:
      "The recipe claims units, but the station has no owner API key: set the key of the profile, then start again.",
  },
  "cloud.material-missing": {
    blame: "input",
    retry: false,
    advice:
      "A file or secret that the recipe names is missing: put it in its place, load the recipe again, then start again.",
  },
  "cloud.key-refused": {
    blame: "station",
    retry: false,
    advice: "The service refuses the owner API key: check the key and the profile's address, then start again.",
  },
  "cloud.role-refused": {
    blame: "station",
    retry: false,
    advice:
      "The owner API key may not do this at the service: use a key whose role is editor, admin or owner, then start again.",
  },
  "cloud.endpoint-unknown": {
    blame: "input",
    retry: false,
    advice: "The service has no owner API at this address: correct owner.base in the profile, then start again.",
  },
  "cloud.not-found": {
    blame: "service",
    retry: false,
    advice:
      "The service does not know this device or command: check that the profile names the right service, then run the slot again.",
  },
  "cloud.claimed-elsewhere": {
    blame: "service",
    retry: false,
    advice: "Another account owns this unit: set it aside until that account has released it.",
  },
  "cloud.token-refused": {
    blame: "unit",
    retry: false,
    advice:
      "The service does not accept the unit's identity: set the unit aside, it may not be a genuine modem or is known under another key.",
  },
  "cloud.conflict": {
    blame: "service",
    retry: false,
    advice: "The service reports a conflict: look at the unit in the owner's portal, then run the slot again.",
  },
  "cloud.leftovers": {
    blame: "service",
    retry: false,
    advice:
      "Commands of an earlier run are still queued for this unit: discard them in the owner's portal, then run the slot again.",
  },
  "cloud.queue-not-empty": {
    blame: "service",
    retry: false,
    advice:
      "Somebody else has queued commands for this unit: ask who, discard them in the owner's portal or give the unit up, then run the slot again.",
  },
  "cloud.rule-missing": {
    blame: "input",
    retry: false,
    advice:
      "The owner's account has no rule of the recipe's name: make the rule or correct claim.rule in the recipe, then start again.",
  },
  "cloud.rule-inactive": {
    blame: "input",
    retry: false,
    advice: "The recipe's rule is switched off: activate it in the owner's account, then start again.",
  },
  "cloud.rule-tags": {
    blame: "input",
    retry: false,
    advice: "The recipe's rule is for none of the recipe's tags: correct claim.tags or the rule, then start again.",
  },
  "cloud.rule-unused": {
    blame: "service",
    retry: true,
    advice:
      "The rule has queued no commands for this unit: give the unit up at the service, as rules work at a claim, then run the slot again.",
  },
  "cloud.queue-full": {
    blame: "service",
    retry: false,
    advice:
      "The service takes no more commands for this unit: discard queued commands in the owner's portal, then run the slot again.",
  },
  "cloud.too-large": {
    blame: "input",
    retry: false,
    advice:
      "A command of the recipe is larger than the service takes: shorten the certificate file or the command in the recipe.",
  },
  "cloud.refused": {
    blame: "service",
    retry: false,
    advice:
      "The service refused the request: read the service's message, correct the recipe or the profile, then start again.",
  },
  "cloud.too-many-requests": {
    blame: "service",
    retry: true,
    advice:
      "The service asks the station to slow down: wait a minute, then run the slot again with fewer slots at a time.",
  },
  "cloud.unavailable": {
    blame: "service",
    retry: true,
    advice: "The service cannot answer now: wait until it works again, then run the slot again.",
  },
  "cloud.bad-answer": {
    blame: "service",
    retry: false,
    advice:
      "The service answered something unreadable: check that the profile's owner address is right, then start again.",
  },
  "cloud.result-missing": {
    blame: "service",
    retry: true,
    advice: "The service did not confirm a command in time: run the slot again.",
  },
  "cloud.result-failed": {
    blame: "service",
    retry: false,
    advice: "The service counts a command as failed: look at the unit in the owner's portal, then run the slot again.",
  },
} as const satisfies CodeTable;
