import { Secret } from "../../core/secret.ts";
import { decodeWireText } from "../../core/wire-text.ts";
import { authRequest, commandsRequest, responseRequest, suspendRequest } from "../../provisioning/coap-requests.ts";
import { fetchRequest, reportRequest } from "../../provisioning/http-requests.ts";
import { provisioningOptions, type ProvisioningOptions } from "../../provisioning/options.ts";
import type { FetchQuery, Versions } from "../../provisioning/request-query.ts";
import { toHex } from "../../provisioning/token-parts.ts";
import type { CoapRequest, HttpRequest } from "../../provisioning/transport.ts";
import { blockValue, coapBytes, COAP_OPTION, requestOptions, type CoapOption } from "./coap-message.ts";
import { httpBytes } from "./http-bytes.ts";
import { compareRows, rowsOf, sameOrDiffer, type ConformanceSuite, type NamedRow, type RowVerdict } from "./report.ts";
import { hexBytes, hexField, invalid, isRecord, listField, listOf, numberField, textField, type Row } from "./row.ts";
import { compareCoapCode, compareHttpStatus } from "./status-mapping.ts";

/** Requests byte by byte, and what the answers' codes mean. */
export const requests: ConformanceSuite = {
  kind: "requests",
  recognises: (document) => isRecord(document) && Array.isArray(document["http"]) && Array.isArray(document["coap"]),
  run: (document) => compareRows(allRows(document), compareRow),
};

function allRows(document: unknown): readonly NamedRow[] {
  const http = rowsOf(document, "http").map((entry) => sectioned(entry, "http"));
  const coap = rowsOf(document, "coap").map((entry) => sectioned(entry, "coap"));
  const mapping = isRecord(document) && isRecord(document["statusMapping"]) ? document["statusMapping"] : {};
  return [...http, ...coap, ...mappingRows(mapping, "http"), ...mappingRows(mapping, "coap")];
}

function sectioned({ name, row }: NamedRow, section: string): NamedRow {
  return { name, row: isRecord(row) ? { ...row, section } : row };
}

function mappingRows(mapping: Row, section: "http" | "coap"): readonly NamedRow[] {
  const texts = mapping[section];
  if (!isRecord(texts)) return [];
  return Object.entries(texts).map(([status, text]) => ({
    name: `statusMapping.${section}.${status}`,
    row: { section: `${section}-status`, status, text },
  }));
}

function compareRow(row: Row): RowVerdict {
  switch (row["section"]) {
    case "http":
      return compareHttp(row);
    case "coap":
      return compareCoap(row);
    case "http-status":
      return compareHttpStatus(row);
    default:
      return compareCoapCode(row);
  }
}

function compareHttp(row: Row): RowVerdict {
  const request = httpRequestOf(row);
  const headers = request.headers.filter(([name]) => name !== "Host").map(([name, value]) => `${name}: ${value}`);
  return sameOrDiffer(
    { path: row["path"], headers: row["headers"], body: row["bodyHex"], raw: row["rawHex"] },
    {
      path: request.path,
      headers,
      body: toHex(request.body ?? new Uint8Array(0)),
      raw: toHex(httpBytes(request)),
    },
  );
}

/** The request that the client makes from the values in a vector's request. */
function httpRequestOf(row: Row): HttpRequest {
  const query = parametersOf(textField(row, "path").split("?", 2)[1] ?? "");
  const options = optionsOf({
    http: true,
    httpHostname: textField(row, "host"),
    httpPort: numberField(row, "port"),
    userAgent: headerOf(row, "User-Agent"),
  });
  const token = new Secret(headerOf(row, "Authorization").replace(/^Bearer /, ""));
  if (textField(row, "method") === "POST") return reportRequest(options, token, hexField(row, "bodyHex"));
  return fetchRequest(options, fetchQueryOf(query), versionsOf(query), token);
}

function compareCoap(row: Row): RowVerdict {
  const request = coapRequestOf(row);
  const options = requestOptions(request, blockOptionsOf(row));
  const pdu = hexField(row, "pduHex");
  const type = request.confirmable ? "CON" : "NON";
  const code = request.method === "GET" ? "0.01" : "0.02";
  const payload = request.payload ?? new Uint8Array(0);
  const token = pdu.subarray(4, 4 + ((pdu[0] ?? 0) & 0x0f));
  const messageId = ((pdu[2] ?? 0) << 8) | (pdu[3] ?? 0);
  const [path = "", query] = request.path.split("?", 2);
  return sameOrDiffer(
    {
      type: row["type"],
      code: row["code"],
      path: row["path"],
      query: row["query"],
      options: row["options"],
      payload: row["payloadHex"],
      pdu: toHex(pdu),
    },
    {
      type,
      code,
      path: path.startsWith("/") ? path : `/${path}`,
      query: query === undefined ? [] : query.split("&"),
      options: options.map(([number, value]) => [number, toHex(value)]),
      payload: toHex(payload),
      pdu: toHex(coapBytes({ type, code, messageId, token, options, payload })),
    },
  );
}

/** The request that the client makes from the values in a vector's message. */
function coapRequestOf(row: Row): CoapRequest {
  const query = parametersOf(listField(row, "query").map(String).join("&"));
  const payload = hexField(row, "payloadHex");
  switch (textField(row, "path")) {
    case "/p/auth-jwt":
      return authRequest(versionsOf(query), new Secret(decodeWireText(payload)));
    case "/p/cmd":
      return commandsRequest(fetchQueryOf(query));
    case "/p/rsp":
      return responseRequest(payload);
    case "/.dtls/suspend":
      return suspendRequest();
  }
  throw invalid("path", "/p/auth-jwt, /p/cmd, /p/rsp or /.dtls/suspend");
}

/** The options of block-wise transfer, made anew from block number and size, and the tag of the transfer. */
function blockOptionsOf(row: Row): readonly CoapOption[] {
  return listField(row, "options").flatMap((entry): readonly CoapOption[] => {
    const [number, hex] = listOf(entry, "options");
    const value = hexBytes(String(hex), "options");
    if (number === COAP_OPTION.requestTag) return [[number, value]];
    if (number !== COAP_OPTION.block1 && number !== COAP_OPTION.block2) return [];
    const packed = value.reduce((sum, byte) => sum * 256 + byte, 0);
    return [[number, blockValue(packed >> 4, (packed & 8) !== 0, 2 ** ((packed & 7) + 4))]];
  });
}

function optionsOf(changes: Partial<ProvisioningOptions>): ProvisioningOptions {
  return provisioningOptions({ compatibility: "strict", ...changes });
}

function fetchQueryOf(query: ReadonlyMap<string, string>): FetchQuery {
  const limit = query.get("limit");
  return {
    after: query.get("after") ?? "",
    rxMaxSize: Number(query.get("rxMaxSize")),
    txMaxSize: Number(query.get("txMaxSize")),
    ...(limit === undefined ? {} : { limit: Number(limit) }),
  };
}

function versionsOf(query: ReadonlyMap<string, string>): Versions {
  return { mver: query.get("mver") ?? "", cver: query.get("cver") ?? "" };
}

function parametersOf(query: string): ReadonlyMap<string, string> {
  return new Map(
    query.split("&").map((parameter): readonly [string, string] => {
      const [name = "", ...value] = parameter.split("=");
      return [name, value.join("=")];
    }),
  );
}

function headerOf(row: Row, name: string): string {
  const found = listField(row, "headers")
    .map(String)
    .find((header) => header.startsWith(`${name}: `));
  if (found === undefined) throw invalid("headers", name);
  return found.slice(name.length + 2);
}
