import type { DeviceUuid } from "../core/ids.ts";
import { Secret } from "../core/secret.ts";
import type { OwnerCall } from "./owner-api.ts";
import type { OwnerCommand } from "./owner-command.ts";

/** Takes ownership of the unit that made the attestation token (protocol.md 7.2). Good answer: 201. */
export function claimCall(claimToken: string, tags: readonly string[]): OwnerCall {
  return post("claimed-devices", { claimToken, tags });
}

/** Asks whether the unit could be claimed, without claiming it. Good answer: 202. */
export function dryRunCall(claimToken: string): OwnerCall {
  return post("claimed-devices?dryrun=true", { claimToken });
}

/** Claims the units of a CSV text, a token and its tags a row (peers.md 4.1). Good answer: 200 or 201. */
export function bulkClaimCall(csv: Secret): OwnerCall {
  return { method: "POST", path: "claimed-devices", headers: [...ACCEPT, ["Content-Type", "text/csv"]], body: csv };
}

/** Lists the account's provisioning rules. Good answer: 200. */
export function listRulesCall(): OwnerCall {
  return { method: "GET", path: "provisioning-rules", headers: ACCEPT };
}

/** Reads one claimed unit: 200 when it is ours, 404 when it is not. */
export function readUnitCall(uuid: DeviceUuid): OwnerCall {
  return { method: "GET", path: `claimed-devices/${uuid}`, headers: ACCEPT };
}

/** Gives up the ownership of a unit; its queued commands go with it. Good answer: 204. */
export function unclaimCall(uuid: DeviceUuid): OwnerCall {
  return { method: "DELETE", path: `claimed-devices/${uuid}`, headers: ACCEPT };
}

/** Queues one command for a claimed unit. Good answer: 201 with the command's id. */
export function queueCall(uuid: DeviceUuid, command: OwnerCommand): OwnerCall {
  const text = `{"description":${JSON.stringify(command.description)},"request":${command.request.reveal()}}`;
  return { method: "POST", path: commandsPath(uuid), headers: JSON_HEADERS, body: new Secret(text) };
}

/** Lists the commands of a claimed unit with their states. Good answer: 200. */
export function listCommandsCall(uuid: DeviceUuid): OwnerCall {
  return { method: "GET", path: commandsPath(uuid), headers: ACCEPT };
}

/** Reads the state and the result of one command. Good answer: 200. */
export function readCommandCall(uuid: DeviceUuid, id: string): OwnerCall {
  return { method: "GET", path: `${commandsPath(uuid)}/${encodeURIComponent(id)}`, headers: ACCEPT };
}

/** Takes one command out of the queue of a unit. Good answer: 204. */
export function discardCommandCall(uuid: DeviceUuid, id: string): OwnerCall {
  return { method: "DELETE", path: `${commandsPath(uuid)}/${encodeURIComponent(id)}`, headers: ACCEPT };
}

const ACCEPT = [["Accept", "application/json"]] as const;
const JSON_HEADERS = [...ACCEPT, ["Content-Type", "application/json"]] as const;

function commandsPath(uuid: DeviceUuid): string {
  return `claimed-devices/${uuid}/provisioning`;
}

function post(path: string, value: Readonly<Record<string, unknown>>): OwnerCall {
  return { method: "POST", path, headers: JSON_HEADERS, body: new Secret(JSON.stringify(value)) };
}
