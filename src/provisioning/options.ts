import { milliseconds, minutes, seconds, type Duration } from "../core/duration.ts";
import { StationError } from "../core/error.ts";
import type { CodecLimits } from "./execution-seam.ts";
import { choice, flag, text, time, whole, type OptionRule } from "./option-rules.ts";

const DAY = seconds(86_400);
const YEAR = seconds(31_536_000);
const HOST_NAME = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$|^\[[0-9A-Fa-f:.]+\]$/;
const VISIBLE = /^[!-~]+( [!-~]+)*$/;

/**
 * Every option of the library under a recognisable name with its Kconfig name, default and range (protocol.md 12), then
 * those of this client alone. Four have no effect here and are kept so that a build's configuration can be written down
 * whole: `stackBytes`, `replyStartBytes` (replies are read whole), `codec` and `cbor` (always on with a transport).
 */
export const OPTION_RULES = {
  library: flag("", false),
  http: flag("HTTP", false),
  coap: flag("COAP", false),
  codec: flag("CODEC", false),
  cbor: flag("CBOR", false),
  autoStartOnInit: flag("AUTO_START_ON_INIT", false),
  scheduled: flag("SCHEDULED", false),
  interval: time("INTERVAL_S", DAY, seconds(1), YEAR),
  spread: time("SPREAD_S", seconds(0), seconds(0), YEAR),
  initialBackoff: time("INITIAL_BACKOFF", seconds(60), seconds(1), DAY),
  validDateTimeTimeout: time("VALID_DATE_TIME_TIMEOUT_SECONDS", seconds(60), seconds(0), DAY),
  modemStateWaitTimeout: time("MODEM_STATE_WAIT_TIMEOUT_SECONDS", seconds(120), seconds(1), DAY),
  withCert: flag("WITH_CERT", true),
  rootCaSecTag: whole("ROOT_CA_SEC_TAG", 189_298, -1, 2_147_483_647),
  saveCmdId: flag("SAVE_CMD_ID", false),
  customAt: flag("CUSTOM_AT", false),
  settingsStoragePath: text("SETTINGS_STORAGE_PATH", "provisioning", 48, /^[^/=\0]+(\/[^/=\0]+)*$/, "a settings name"),
  rxBufferBytes: whole("RX_BUF_SZ", 1024, 128, 65_536, "bytes"),
  txBufferBytes: whole("TX_BUF_SZ", 2048, 128, 65_536, "bytes"),
  jwtSecTag: whole("JWT_SEC_TAG", 0, 0, 2_147_483_647),
  jwtMaxValidTime: time("JWT_MAX_VALID_TIME_S", seconds(300), seconds(0), seconds(360)),
  provideAttestationToken: flag("PROVIDE_ATTESTATION_TOKEN", true),
  shell: flag("SHELL", false),
  stackBytes: whole("STACK_SIZE", 2048, 512, 1_048_576, "bytes"),
  httpHostname: text("HTTP_HOSTNAME", "provisioning-http.nrfcloud.com", 253, HOST_NAME, "a host name or address"),
  httpPort: whole("HTTP_PORT", 443, 1, 65_535),
  httpTimeout: time("HTTP_TIMEOUT_MS", seconds(30), milliseconds(1), minutes(60), milliseconds(1)),
  coapHostname: text("COAP_HOSTNAME", "coap.nrfcloud.com", 253, HOST_NAME, "a host name or address"),
  coapPort: whole("COAP_PORT", 5684, 1, 65_535),
  coapDtlsSessionCache: flag("COAP_DTLS_SESSION_CACHE", true),
  coapTimeout: time("COAP_TIMEOUT_SECONDS", seconds(30), seconds(1), minutes(60)),
  atCommandBytes: whole("CODEC_AT_CMD_LEN", 1792, 64, 65_536, "bytes"),
  replyStartBytes: whole("CODEC_RX_SZ_START", 64, 64, 4096, "bytes"),
  records: whole("CBOR_RECORDS", 10, 5, 20, "commands"),
  /** `strict` reproduces the library with its quirks; see open-questions.md. */
  compatibility: choice("default", ["default", "strict"]),
  /** `cver` of the requests: the SDK version that the device would run. */
  sdkVersion: text(undefined, "3.2.0", 32, /^[0-9A-Za-z.-]+$/, "digits, letters, dots and dashes"),
  userAgent: text(undefined, "provisioning-station/0.1", 128, VISIBLE, "visible characters"),
  /** Whether indefinite lengths and over-long integers in command lists are refused (protocol.md 3.3). */
  canonicalInput: flag(undefined, false),
  /** Whether the DTLS association is suspended while the modem is offline instead of closed (protocol.md 6.1). */
  coapKeepOpen: flag(undefined, false),
  /** COAP_CLIENT_BLOCK_SIZE of the build: 256, or 512 in the sample. */
  coapBlockBytes: whole(undefined, 256, 16, 1024, "bytes"),
  /** The pause after the modem is online again, for its IPv6 address (protocol.md 2.6); a station needs none. */
  onlineSettle: time(undefined, seconds(2), seconds(0), minutes(5), milliseconds(1)),
  /** Most rounds of one run; a service that never stops sending commands ends there. */
  maxRounds: whole(undefined, 1000, 1, 1_000_000, "rounds"),
} as const satisfies Readonly<
  Record<string, OptionRule<boolean> | OptionRule<number> | OptionRule<Duration> | OptionRule<string>>
>;

/** The name of an option. */
export type OptionName = keyof typeof OPTION_RULES;

type ValueOf<Rule> = Rule extends OptionRule<infer Value> ? Value : never;

/** The options of one client, complete and checked; made by {@link provisioningOptions}. */
export type ProvisioningOptions = { readonly [Name in OptionName]: ValueOf<(typeof OPTION_RULES)[Name]> };

/** Options that differ from their defaults. */
export type OptionChanges = Partial<ProvisioningOptions>;

/** The limits above which a longer schedule is refused or cut: one year (protocol.md 2.4). */
export const LONGEST_INTERVAL = YEAR;

/** The library's own defaults; no transport is chosen, so that a client needs at least `http` or `coap` on top. */
export const KCONFIG_DEFAULTS: ProvisioningOptions = {
  library: OPTION_RULES.library.standard,
  http: OPTION_RULES.http.standard,
  coap: OPTION_RULES.coap.standard,
  codec: OPTION_RULES.codec.standard,
  cbor: OPTION_RULES.cbor.standard,
  autoStartOnInit: OPTION_RULES.autoStartOnInit.standard,
  scheduled: OPTION_RULES.scheduled.standard,
  interval: OPTION_RULES.interval.standard,
  spread: OPTION_RULES.spread.standard,
  initialBackoff: OPTION_RULES.initialBackoff.standard,
  validDateTimeTimeout: OPTION_RULES.validDateTimeTimeout.standard,
  modemStateWaitTimeout: OPTION_RULES.modemStateWaitTimeout.standard,
  withCert: OPTION_RULES.withCert.standard,
  rootCaSecTag: OPTION_RULES.rootCaSecTag.standard,
  saveCmdId: OPTION_RULES.saveCmdId.standard,
  customAt: OPTION_RULES.customAt.standard,
  settingsStoragePath: OPTION_RULES.settingsStoragePath.standard,
  rxBufferBytes: OPTION_RULES.rxBufferBytes.standard,
  txBufferBytes: OPTION_RULES.txBufferBytes.standard,
  jwtSecTag: OPTION_RULES.jwtSecTag.standard,
  jwtMaxValidTime: OPTION_RULES.jwtMaxValidTime.standard,
  provideAttestationToken: OPTION_RULES.provideAttestationToken.standard,
  shell: OPTION_RULES.shell.standard,
  stackBytes: OPTION_RULES.stackBytes.standard,
  httpHostname: OPTION_RULES.httpHostname.standard,
  httpPort: OPTION_RULES.httpPort.standard,
  httpTimeout: OPTION_RULES.httpTimeout.standard,
  coapHostname: OPTION_RULES.coapHostname.standard,
  coapPort: OPTION_RULES.coapPort.standard,
  coapDtlsSessionCache: OPTION_RULES.coapDtlsSessionCache.standard,
  coapTimeout: OPTION_RULES.coapTimeout.standard,
  atCommandBytes: OPTION_RULES.atCommandBytes.standard,
  replyStartBytes: OPTION_RULES.replyStartBytes.standard,
  records: OPTION_RULES.records.standard,
  compatibility: OPTION_RULES.compatibility.standard,
  sdkVersion: OPTION_RULES.sdkVersion.standard,
  userAgent: OPTION_RULES.userAgent.standard,
  canonicalInput: OPTION_RULES.canonicalInput.standard,
  coapKeepOpen: OPTION_RULES.coapKeepOpen.standard,
  coapBlockBytes: OPTION_RULES.coapBlockBytes.standard,
  onlineSettle: OPTION_RULES.onlineSettle.standard,
  maxRounds: OPTION_RULES.maxRounds.standard,
};

/**
 * Complete, checked options: `changes` over `base`. A transport brings the library, codec and CBOR with it.
 * @throws StationError provisioning.option-invalid with the option, its value and its range
 */
export function provisioningOptions(changes: OptionChanges, base: OptionChanges = {}): ProvisioningOptions {
  const chosen = { ...KCONFIG_DEFAULTS, ...base, ...changes };
  const on = chosen.http || chosen.coap;
  const options = on ? { ...chosen, library: true, codec: true, cbor: true } : chosen;
  checkEach(options);
  if (!on) throw invalid("http", "no", "http or coap must be on");
  if (options.scheduled && !options.autoStartOnInit)
    throw invalid("scheduled", "yes", "only together with autoStartOnInit");
  return options;
}

/** Which transport the options mean: HTTP wins when both are on (protocol.md 12). */
export function transportOf(options: ProvisioningOptions): "http" | "coap" {
  return options.http ? "http" : "coap";
}

/** The options as the codec and the executor take them. The AT string shares the larger buffer (protocol.md 4.2). */
export function codecLimits(options: ProvisioningOptions): CodecLimits {
  return {
    records: options.records,
    txBytes: options.txBufferBytes,
    rxBytes: options.rxBufferBytes,
    atBytes: Math.max(options.txBufferBytes, options.atCommandBytes),
    input: options.canonicalInput ? "canonical" : "tolerant",
  };
}

function checkEach(options: ProvisioningOptions): void {
  for (const name of Object.keys(OPTION_RULES)) {
    if (isOptionName(name)) check(name, options);
  }
}

function check(name: OptionName, options: ProvisioningOptions): void {
  const rule: { readonly range: string; accepts(value: unknown): boolean } = OPTION_RULES[name];
  if (!rule.accepts(options[name])) throw invalid(name, String(options[name]).slice(0, 64), rule.range);
}

function isOptionName(name: string): name is OptionName {
  return Object.hasOwn(OPTION_RULES, name);
}

function invalid(option: string, value: string, allowed: string): StationError {
  return new StationError("provisioning.option-invalid", `the option ${option} cannot be ${value}: ${allowed}`, {
    option,
    value,
    allowed,
  });
}
