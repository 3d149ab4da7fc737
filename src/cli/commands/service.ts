import { isIP } from "node:net";
import { resolve } from "node:path";
import { seconds } from "../../core/duration.ts";
import { describeError, StationError } from "../../core/error.ts";
import { startService } from "../../service/start-service.ts";
import { required, wholeNumber } from "../arguments.ts";
import { EXIT, type Arguments, type CliCommand } from "../command.ts";
import { untilStopped } from "../until-stopped.ts";

/** `station service`: the embedded provisioning service until SIGTERM. */
export const serviceCommand: CliCommand = {
  name: "service",
  summary: "runs the embedded provisioning service: device side and owner's REST API",
  positionals: "",
  minPositionals: 0,
  maxPositionals: 0,
  options: {
    dir: { kind: "value", value: "DIR", help: "where CA, keys and database are kept; made when missing" },
    https: { kind: "value", value: "PORT", help: "port of the device side; 0 takes any free one (default 8443)" },
    owner: { kind: "value", value: "PORT", help: "port of the owner's REST API; 0 takes any free one (default 8444)" },
    coaps: {
      kind: "value",
      value: "PORT",
      help: "UDP port of the device side over CoAP and DTLS as well; 0 takes any",
    },
    rate: {
      kind: "value",
      value: "REQUESTS",
      help: "requests a second that one API key may make; more are answered with 429 and Retry-After (default: any number)",
    },
    host: { kind: "value", value: "HOST", help: "address to listen on (default 127.0.0.1)" },
    json: { kind: "flag", help: "prints one JSON line when ready" },
  },
  async run(args, context) {
    const host = hostOf(args);
    const dir = resolve(required(args, "dir"));
    const service = await startService({
      dir,
      httpsPort: wholeNumber(args, "https", [0, 65_535], 8443),
      ownerPort: wholeNumber(args, "owner", [0, 65_535], 8444),
      ...(args.value("coaps") === undefined ? {} : { coapsPort: wholeNumber(args, "coaps", [0, 65_535], 0) }),
      ...(args.value("rate") === undefined
        ? {}
        : { requestRate: { requests: wholeNumber(args, "rate", [1, 100_000], 1), per: seconds(1) } }),
      ...(host === undefined ? {} : { host }),
      clock: context.clock,
      onError: (side, error) => context.err(`${side}: ${describeError(error)}\n`),
    });
    try {
      const { https, owner, caFile: ca, httpsPort, ownerPort, coapsPort } = service;
      const ownerKey = service.ownerKey.reveal();
      const udp = coapsPort === undefined ? {} : { coapsPort };
      if (args.flag("json"))
        context.out(`${JSON.stringify({ ready: true, https, owner, ca, ownerKey, httpsPort, ownerPort, ...udp })}\n`);
      else
        context.out(
          [
            `device side  ${https}/v1/provisioning/\n`,
            ...(coapsPort === undefined ? [] : [`             UDP port ${coapsPort}, CoAP over DTLS\n`]),
            `owner side   ${owner}/v1/\nCA           ${ca}\nowner key    in ${dir}\n`,
          ].join(""),
        );
      await untilStopped(context.signal);
      return EXIT.passed;
    } finally {
      await service.stop();
    }
  },
};

const HOST_NAME =
  /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*$/;

/** The host to listen on; undefined where the option is not given. @throws StationError usage.option */
function hostOf(args: Arguments): string | undefined {
  const host = args.value("host");
  if (host === undefined || isIP(host) !== 0 || HOST_NAME.test(host)) return host;
  throw new StationError("usage.option", "--host must be an address or a host name of this machine", {
    given: host.slice(0, 40),
  });
}
