/** The station's version, as package.json has it; recorded at every start and told to services. */
export const STATION_VERSION = "0.1.0";
