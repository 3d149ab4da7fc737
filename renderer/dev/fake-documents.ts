import type { DocumentKind } from "../../src/contract/desktop-library.ts";

/** A document of the fake library: its text, and what a reader would make of it. */
export type FakeDocument = {
  readonly kind: DocumentKind;
  readonly id: string;
  readonly own: boolean;
  readonly changedAt: string;
  readonly text: string;
  readonly content: unknown;
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
};

const METER_TEXT = `# Smart meter for the European market: device key, two roots, interval.
recipe: 1
product: Meter LTE-M EU
revision: "14"
description: Device key with CSR, two root certificates and two settings, verified by read-back.
modem:
  models: [nRF9151]
  firmware: { minimum: "2.0.2" }
boardSerial: { pattern: "7Q4[0-9A-F]{3}" }
claim:
  by: station
  tags: [meter, eu]
commands:
  - cloudAccessKeyGeneration: { secTag: 16842753 }
  - serverCertificate: { secTag: 16842753, file: amazon-root-ca-1.pem }
  - serverCertificate: { secTag: 42384, file: nrf-cloud-coap-ca.pem }
  - preSharedKey: { secTag: 600, identity: meter, key: { env: METER_PSK } }
  - atCommand: { command: "%XPTW", parameters: "4,\\"00000110\\",\\"0011\\"", ignoreCmeErrors: [513] }
  - config:
      provisioning/interval-sec: "86400"
      station/product: meter-eu
  - finished: {}
verify:
  readBack: true
`;

const METER = {
  ...{ recipe: 1, product: "Meter LTE-M EU", revision: "14" },
  description: "Device key with CSR, two root certificates and two settings, verified by read-back.",
  modem: { models: ["nRF9151"], firmware: { minimum: "2.0.2" } },
  boardSerial: { pattern: "7Q4[0-9A-F]{3}" },
  claim: { by: "station", tags: ["meter", "eu"] },
  commands: [
    { cloudAccessKeyGeneration: { secTag: 16842753 } },
    { serverCertificate: { secTag: 16842753, file: "amazon-root-ca-1.pem" } },
    { serverCertificate: { secTag: 42384, file: "nrf-cloud-coap-ca.pem" } },
    { preSharedKey: { secTag: 600, identity: "meter", key: { env: "METER_PSK" } } },
    { atCommand: { command: "%XPTW", parameters: '4,"00000110","0011"', ignoreCmeErrors: [513] } },
    { config: { "provisioning/interval-sec": "86400", "station/product": "meter-eu" } },
    { finished: {} },
  ],
  verify: { readBack: true },
};

const METER_FILES = [
  { path: "amazon-root-ca-1.pem", bytes: 1188 },
  { path: "nrf-cloud-coap-ca.pem", bytes: 855 },
];

const TRACKER_TEXT = `recipe: 1
product: Asset tracker
revision: "3"
commands:
  - clientPrivateKeyGeneration: { secTag: !!4294967296 }
  - finished: {}
`;

const TRAINING_TEXT = `# The recipe of the demo: what a unit needs to reach nRF Cloud.
recipe: 1
product: Training board
revision: "1"
commands:
  - cloudAccessKeyGeneration: { secTag: 16842753 }
  - finished: {}
`;

const TRAY_TEXT = `fixture: 1
name: Training tray
rows: 2
columns: 4
line: { flowControl: none, mode: auto }
slots:
${Array.from({ length: 8 }, (_, at) => `  - { slot: "${at + 1}", row: ${Math.floor(at / 4) + 1}, column: ${(at % 4) + 1}, port: { tcp: "127.0.0.1:${4001 + at}" } }`).join("\n")}
`;

const HUB_TEXT = `# Eight boards on one USB hub.
fixture: 1
name: Tray FX-03
rows: 2
columns: 4
line: { baud: 115200, flowControl: rtscts, lineEnding: crlf, mode: auto }
slots:
${["A1", "A2", "A3", "A4", "B1", "B2", "B3", "B4"].map((slot, at) => `  - { slot: ${slot}, row: ${Math.floor(at / 4) + 1}, column: ${(at % 4) + 1}, port: { usb: "1-1.${Math.floor(at / 4) + 1}.${(at % 4) + 1}", interface: 0 } }`).join("\n")}
`;

const CLOUD_TEXT = `# nRF Cloud's production service. The API key comes from the environment, never from a file of the line.
profile: 1
name: nRF Cloud
service: nrf-cloud
transport: https
https: { host: provisioning-http.nrfcloud.com, port: 443, ca: ../ca/amazon-root-ca-1.pem }
owner: { base: "https://api.provisioning.nrfcloud.com/v1", ca: ../ca/amazon-root-ca-1.pem, keyEnv: NRF_CLOUD_API_KEY }
`;

const EMBEDDED_TEXT = `profile: 1
name: Embedded service
service: embedded
transport: https
https: { host: localhost, port: 8443, ca: service/ca.pem }
owner: { base: "https://localhost:8444/v1", ca: service/ca.pem, keyEnv: STATION_OWNER_KEY }
`;

const slots = (port: (at: number) => object, name: (at: number) => string) =>
  Array.from({ length: 8 }, (_, at) => {
    return { slot: name(at), row: Math.floor(at / 4) + 1, column: (at % 4) + 1, port: port(at) };
  });

const NEVER = "1970-01-01T00:00:00.000Z";

/** What the fake library holds when the window opens. */
export const FAKE_DOCUMENTS: readonly FakeDocument[] = [
  {
    ...{ kind: "recipe", id: "training", own: false, changedAt: NEVER, text: TRAINING_TEXT, files: [] },
    content: {
      ...{ recipe: 1, product: "Training board", revision: "1" },
      commands: [{ cloudAccessKeyGeneration: { secTag: 16842753 } }, { finished: {} }],
    },
  },
  {
    ...{ kind: "recipe", id: "meter-lte-m-eu-14", own: true, changedAt: "2026-11-19T13:22:05.000Z" },
    ...{ text: METER_TEXT, content: METER, files: METER_FILES },
  },
  {
    ...{ kind: "recipe", id: "meter-lte-m-eu-13", own: true, changedAt: "2026-09-02T09:10:44.000Z" },
    ...{ text: METER_TEXT.replace('"14"', '"13"'), content: { ...METER, revision: "13" }, files: METER_FILES },
  },
  {
    ...{ kind: "recipe", id: "asset-tracker", own: true, changedAt: "2026-11-20T07:41:00.000Z" },
    ...{ text: TRACKER_TEXT, content: { product: "Asset tracker", revision: "3" }, files: [] },
  },
  {
    ...{ kind: "fixture", id: "training-tray", own: false, changedAt: NEVER, text: TRAY_TEXT, files: [] },
    content: {
      ...{ fixture: 1, name: "Training tray", rows: 2, columns: 4, line: { flowControl: "none", mode: "auto" } },
      slots: slots(
        (at) => ({ tcp: `127.0.0.1:${4001 + at}` }),
        (at) => String(at + 1),
      ),
    },
  },
  {
    ...{ kind: "fixture", id: "fx-03", own: true, changedAt: "2026-11-18T15:02:11.000Z", text: HUB_TEXT, files: [] },
    content: {
      ...{ fixture: 1, name: "Tray FX-03", rows: 2, columns: 4 },
      slots: slots(
        (at) => ({ usb: `1-1.${Math.floor(at / 4) + 1}.${(at % 4) + 1}`, interface: 0 }),
        (at) => `${at < 4 ? "A" : "B"}${(at % 4) + 1}`,
      ),
    },
  },
  {
    ...{ kind: "profile", id: "embedded", own: false, changedAt: NEVER, text: EMBEDDED_TEXT, files: [] },
    content: {
      ...{ profile: 1, name: "Embedded service", service: "embedded", transport: "https" },
      https: { host: "localhost", port: 8443, ca: "service/ca.pem" },
      owner: { base: "https://localhost:8444/v1", ca: "service/ca.pem", keyEnv: "STATION_OWNER_KEY" },
    },
  },
  {
    ...{ kind: "profile", id: "nrf-cloud", own: false, changedAt: NEVER, text: CLOUD_TEXT },
    files: [{ path: "../ca/amazon-root-ca-1.pem", bytes: 1188 }],
    content: {
      ...{ profile: 1, name: "nRF Cloud", service: "nrf-cloud", transport: "https" },
      https: { host: "provisioning-http.nrfcloud.com", port: 443, ca: "../ca/amazon-root-ca-1.pem" },
      owner: {
        ...{ base: "https://api.provisioning.nrfcloud.com/v1", ca: "../ca/amazon-root-ca-1.pem" },
        keyEnv: "NRF_CLOUD_API_KEY",
      },
    },
  },
];
