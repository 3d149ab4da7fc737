import type { Handlers } from "../ipc/handlers.ts";
import type { Configurator } from "../line/configurator.ts";

type ConfigurationHandlers = Pick<Handlers, Extract<keyof Handlers, `configuration.${string}`>>;

/** The requests about what the line works with. */
export function configurationHandlers(configurator: Configurator): ConfigurationHandlers {
  return {
    "configuration.read": () => configurator.answer(),
    "configuration.write": ({ training }) => configurator.setTraining(training),
  };
}
