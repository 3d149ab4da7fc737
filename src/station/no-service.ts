import { ResolvedProfileSchema, type ResolvedProfile } from "../contract/profile.ts";

/** Stands in orders of runs that talk with the board alone: proofs and golden checks. Nothing is ever sent to it. */
export const NO_SERVICE: ResolvedProfile = ResolvedProfileSchema.parse({
  ...{ profile: 1, name: "No service", service: "nrf-cloud" },
  https: { host: "localhost", port: 443, ca: "none" },
});
