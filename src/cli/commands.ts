import type { CliCommand } from "./command.ts";

/** The commands by name, loaded when called, so that a small command does not load serial ports, SQLite or a service. */
export const COMMANDS: Readonly<Record<string, () => Promise<CliCommand>>> = {
  demo: async () => (await import("./commands/demo.ts")).demoCommand,
  run: async () => (await import("./commands/run.ts")).runCommand,
  claim: async () => (await import("./commands/claim.ts")).claimCommand,
  unclaim: async () => (await import("./commands/unclaim.ts")).unclaimCommand,
  recipe: async () => (await import("./commands/recipe.ts")).recipeCommand,
  proof: async () => (await import("./commands/proof.ts")).proofCommand,
  golden: async () => (await import("./commands/golden.ts")).goldenCommand,
  ports: async () => (await import("./commands/ports.ts")).portsCommand,
  export: async () => (await import("./commands/export.ts")).exportCommand,
  artefacts: async () => (await import("./commands/artefacts.ts")).artefactsCommand,
  onboarding: async () => (await import("./commands/onboarding.ts")).onboardingCommand,
  report: async () => (await import("./commands/report.ts")).reportCommand,
  verify: async () => (await import("./commands/verify.ts")).verifyCommand,
  ca: async () => (await import("./commands/ca.ts")).caCommand,
  backup: async () => (await import("./commands/backup.ts")).backupCommand,
  restore: async () => (await import("./commands/restore.ts")).restoreCommand,
  shell: async () => (await import("./commands/shell.ts")).shellCommand,
  service: async () => (await import("./commands/service.ts")).serviceCommand,
  "service-key": async () => (await import("./commands/service-key.ts")).serviceKeyCommand,
  "service-test": async () => (await import("./commands/service-test.ts")).serviceTestCommand,
  simulate: async () => (await import("./commands/simulate.ts")).simulateCommand,
  line: async () => (await import("./commands/line.ts")).lineCommand,
  conformance: async () => (await import("./commands/conformance.ts")).conformanceCommand,
  bench: async () => (await import("./commands/bench.ts")).benchCommand,
};
