import { describe, expect, it } from "vitest";
import { milliseconds, seconds } from "../../src/core/duration.ts";
import type { SelfBoard, SelfEventName, SelfProvisioner } from "../../src/simulator/self-provisioner.ts";
import { SHELL_PROMPT } from "../../src/simulator/shell-line.ts";
import { portRig } from "./port-rig.ts";

type Rig = ReturnType<typeof portRig>;

/** A library that does what the test says. */
const library = (work: (board: SelfBoard, signal: AbortSignal) => Promise<void>): SelfProvisioner => ({
  provision: work,
});
const telling = (...events: readonly SelfEventName[]): SelfProvisioner =>
  library(async ({ tell }) => {
    for (const event of events) await tell(event);
  });
const serialModem = (provisioner?: SelfProvisioner, faults: readonly string[] = []): Rig =>
  portRig({ firmware: "serial-modem", faults, ...(provisioner === undefined ? {} : { provisioner }) });
const shell = (provisioner?: SelfProvisioner, faults: readonly string[] = []): Rig =>
  portRig({
    ...{ firmware: "zephyr-shell", faults, framing: { mode: "shell", lead: "", provisions: true } },
    ...(provisioner === undefined ? {} : { provisioner }),
  });
const settle = async ({ clock }: Rig, time = seconds(1)): Promise<void> => {
  for (let step = 0; step < 20; step++) await clock.advance(milliseconds(time / 20));
};

describe("Serial Modem", () => {
  it("has a test form, a form that starts, and no form that reads", () => {
    const { ask } = serialModem();
    expect(ask("AT#XNRFPROV=?")).toBe("#XNRFPROV\r\nOK\r\n");
    expect(ask("AT#XNRFPROV?")).toBe("ERROR\r\n");
    expect(ask("AT#XNRFPROV")).toBe("OK\r\n");
  });

  it("is not there where the firmware is another", () => {
    expect(portRig().ask("AT#XNRFPROV")).toBe("ERROR\r\n");
    expect(portRig().ask("AT#XNRFPROV=?")).toBe("ERROR\r\n");
  });

  it("reports the library's events by their numbers, START and STOP not at all", async () => {
    const rig = serialModem(telling("START", "NO_COMMANDS", "FAILED_TOO_MANY_COMMANDS", "STOP"));
    rig.ask("AT#XNRFPROV");
    await settle(rig);
    expect(rig.client.take()).toBe("\r\n#XNRFPROV: 0\r\n\r\n#XNRFPROV: -5\r\n");
  });

  it("leaves the mode to its host, and goes on when it is there", async () => {
    const rig = serialModem(telling("NEED_LTE_DEACTIVATED", "NEED_LTE_ACTIVATED", "DONE"));
    rig.ask("AT#XNRFPROV");
    await settle(rig, seconds(30));
    expect(rig.client.take()).toBe("\r\n#XNRFPROV: 1\r\n");
    expect(rig.modem.mode).toBe(1);
    rig.ask("AT+CFUN=4");
    await settle(rig);
    expect(rig.client.take()).toBe("\r\n#XNRFPROV: 2\r\n");
    rig.ask("AT+CFUN=1");
    await settle(rig);
    expect(rig.client.take()).toBe("\r\n#XNRFPROV: 0\r\n");
  });

  it("makes one session at a time", async () => {
    const begun: string[] = [];
    const rig = serialModem(
      library(async ({ uuid, tell }) => {
        begun.push(uuid);
        await tell("NEED_LTE_DEACTIVATED");
      }),
    );
    rig.ask("AT#XNRFPROV");
    await settle(rig);
    rig.ask("AT#XNRFPROV");
    await settle(rig);
    expect(begun).toEqual([rig.modem.board.uuid]);
  });

  it("fails without a library", async () => {
    const rig = serialModem();
    rig.ask("AT#XNRFPROV");
    await settle(rig);
    expect(rig.client.take()).toBe("\r\n#XNRFPROV: -1\r\n");
  });

  it("reaches its modem below the line, where faults strike it too", async () => {
    const answers: string[] = [];
    const rig = serialModem(
      library(async ({ modem }) => {
        for (const command of ["AT+CMEE=1", "AT%KEYGEN=7,2,0", "AT+CGSN"])
          answers.push((await modem.send(command)).text);
      }),
      ["keygen-fail"],
    );
    rig.ask("AT#XNRFPROV");
    await settle(rig);
    expect(answers).toEqual(["OK\r\n", "+CME ERROR: 523\r\n", `${rig.modem.board.imei}\r\nOK\r\n`]);
    expect(rig.client.take()).toBe("");
  });

  it("forgets its session when the power is cut in the middle of it", async () => {
    const seen: { signal?: AbortSignal } = {};
    const rig = serialModem(
      library(async ({ modem, tell }, signal) => {
        seen.signal = signal;
        await modem.send("AT%CMNG=1");
        await tell("DONE");
      }),
      ["reboot@list"],
    );
    rig.ask("AT#XNRFPROV");
    await settle(rig);
    expect(seen.signal?.aborted).toBe(true);
    const said = rig.client.take();
    expect(said).toContain("Ready");
    expect(said).not.toContain("#XNRFPROV: 0");
  });
});

describe("a shell with the library's command", () => {
  it("prints nothing when it starts, and reports in its log between prompts", async () => {
    const rig = shell(telling("START", "DONE", "STOP"));
    expect(rig.ask("nrf_provisioning now")).toBe(`nrf_provisioning now\r\n${SHELL_PROMPT}`);
    await settle(rig);
    const lines = rig.client.take().split(SHELL_PROMPT);
    expect(lines).toEqual([
      expect.stringMatching(/\[00:00:\d\d\.\d{3},000\] <inf> nrf_provisioning_sample: Provisioning started\r\n$/),
      expect.stringMatching(/<inf> nrf_provisioning_sample: Provisioning done\r\n$/),
      expect.stringMatching(/<inf> nrf_provisioning_sample: Provisioning stopped\r\n$/),
      "",
    ]);
  });

  it("sees to the mode itself", async () => {
    const modes: number[] = [];
    const rig = shell(
      library(async ({ tell }) => {
        await tell("NEED_LTE_DEACTIVATED");
        modes.push(rig.modem.mode);
        await tell("NEED_LTE_ACTIVATED");
        modes.push(rig.modem.mode);
      }),
    );
    rig.ask("nrf_provisioning now");
    await settle(rig);
    expect(modes).toEqual([4, 1]);
  });

  it.each(["warm", "cold"])("starts anew by kernel reboot %s, and then looks for commands by itself", async (how) => {
    const rig = shell(telling("START", "NO_COMMANDS", "STOP"));
    rig.ask("at 'AT+CMEE=1'");
    rig.type(`kernel reboot ${how}\r\n`);
    await settle(rig);
    const said = rig.client.take();
    expect(said).toMatch(/^kernel reboot \w+\r\n\r\n\*\*\* Booting nRF Connect SDK/);
    expect(said).toContain("<inf> nrf_provisioning_sample: Provisioning started");
    expect(said).toContain("no commands received from the server");
    expect(rig.ask("at 'AT+CMEE?'")).toContain("+CMEE: 0\r\nOK\r\n");
  });

  it("gives a session up for a reboot, and makes another one", async () => {
    const ended: boolean[] = [];
    const rig = shell(
      library(async ({ tell }, signal) => {
        ended.push(signal.aborted);
        signal.addEventListener("abort", () => void (ended[ended.length - 1] = true));
        await tell("START");
        await new Promise(() => undefined);
      }),
    );
    rig.ask("nrf_provisioning now");
    await settle(rig);
    rig.ask("kernel reboot warm");
    await settle(rig);
    expect(ended).toEqual([true, false]);
  });

  it("still takes AT commands, and lists what else it has", () => {
    const { ask } = shell();
    expect(ask("kernel reboot")).toContain("kernel - Kernel commands");
    expect(ask("at 'AT+CMEE?'")).toContain("+CMEE: 0\r\nOK\r\n");
    expect(ask("nrf_provisioning")).toContain("Subcommands:");
  });

  it("does not know the command where the firmware has no library", () => {
    const { ask } = portRig({ framing: { mode: "shell", lead: "" } });
    expect(ask("nrf_provisioning now")).toContain("nrf_provisioning: command not found");
  });
});

describe.each([
  ["session-failed", -1],
  ["session-unclaimed", -2],
  ["session-wrong-ca", -3],
  ["session-no-time", -4],
  ["session-too-many", -5],
  ["session-fatal", -6],
])("the fault %s", (fault, status) => {
  it(`makes the session end with ${status}`, async () => {
    const rig = serialModem(telling("DONE"), [fault]);
    expect(rig.ask("AT#XNRFPROV")).toBe("OK\r\n");
    await settle(rig);
    expect(rig.client.take()).toBe(`\r\n#XNRFPROV: ${status}\r\n`);
  });
});

describe("other faults of sessions", () => {
  it("keep a board silent", async () => {
    const rig = serialModem(telling("DONE"), ["session-silent"]);
    rig.ask("AT#XNRFPROV");
    await settle(rig);
    expect(rig.client.take()).toBe("");
  });

  it("put garbage in front of the reports", async () => {
    const rig = serialModem(telling("DONE"), ["session-garbage"]);
    rig.ask("AT#XNRFPROV");
    await settle(rig);
    const said = rig.client.take();
    expect(said).toContain("#XNRFPROV: 1e9");
    expect(said.endsWith("\r\n#XNRFPROV: 0\r\n")).toBe(true);
  });

  it("keep a modem out of its network", () => {
    expect(serialModem(undefined, ["no-network"]).ask("AT+CEREG?")).toBe("+CEREG: 0,2\r\nOK\r\n");
    const { ask } = serialModem();
    expect(ask("AT+CEREG?")).toBe("+CEREG: 0,1\r\nOK\r\n");
    ask("AT+CFUN=4");
    expect(ask("AT+CEREG?")).toBe("+CEREG: 0,0\r\nOK\r\n");
  });
});
