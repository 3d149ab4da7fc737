import { z } from "zod";
import { DocumentIdSchema } from "./desktop-library.ts";

/** Simulated modems of a training tray. */
export const MODEMS = { least: 1, usual: 8, most: 128 } as const;

const modems = z.int().min(MODEMS.least).max(MODEMS.most);
/** `realistic`: the simulated modems take as long as real ones. */
const latency = z.enum(["none", "realistic"]);

/** How units reach the embedded service. */
const transport = z.enum(["https", "coaps"]);

/** The training tray's numbers, and the transport of the embedded service; absent: https. */
export const TrainingNumbersSchema = z.strictObject({ modems, latency, transport: transport.exactOptional() });
export type TrainingNumbers = z.output<typeof TrainingNumbersSchema>;

/** The names of what is built in: the tray of simulated modems, the service that comes with the station, the recipe for both. */
export const BORN = { recipe: "training", fixture: "training-tray", profile: "embedded" } as const;

/** What the line works with; kept from one start to the next. */
export const ConfigurationSchema = z.strictObject({
  configuration: z.literal(1),
  recipe: DocumentIdSchema,
  fixture: DocumentIdSchema,
  profile: DocumentIdSchema,
  training: TrainingNumbersSchema,
});
export type Configuration = z.output<typeof ConfigurationSchema>;

/** The configuration of a station that nobody has touched: everything is simulated. */
export const DEFAULT_CONFIGURATION: Configuration = {
  ...{ configuration: 1, ...BORN },
  training: { modems: MODEMS.usual, latency: "none" },
};

/** What can be set for one start by a switch. */
const OverrideSchema = z.enum(["recipe", "fixture", "profile", "modems", "latency"]);
export type Override = z.output<typeof OverrideSchema>;

/** The configuration as it is in force. */
export const ConfigurationAnswerSchema = z.strictObject({
  /** The documents that were chosen last; one that is overridden is not in use until it is chosen again. */
  recipe: DocumentIdSchema,
  fixture: DocumentIdSchema,
  profile: DocumentIdSchema,
  /** The numbers in force; they count whenever the fixture is the training tray. */
  training: TrainingNumbersSchema,
  /** Set by switches of this start; choosing or writing ends that. */
  overridden: z.array(OverrideSchema).max(5),
});
export type ConfigurationAnswer = z.output<typeof ConfigurationAnswerSchema>;

/** The configuration's requests; documents are chosen by `library.select`. */
export const CONFIGURATION_REQUESTS = {
  "configuration.read": { asks: z.null(), answers: ConfigurationAnswerSchema },
  /**
   * Changes the training tray's numbers or the embedded service's transport. Where the line works with them, it is set up anew:
   * refused while runs are active, a `configured` news follows.
   */
  "configuration.write": {
    asks: z.strictObject({
      training: z.strictObject({
        modems: modems.exactOptional(),
        latency: latency.exactOptional(),
        transport: transport.exactOptional(),
      }),
    }),
    answers: ConfigurationAnswerSchema,
    role: "engineer",
  },
} as const;
