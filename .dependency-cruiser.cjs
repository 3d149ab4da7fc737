// The import table of ARCHITECTURE.md as rules: which folder of src may import which, and which npm packages and
// Node built-ins it may use. A folder that is not listed in `mayImport` of another cannot be reached from it.
const FOLDERS = {
  core: { mayImport: [], npm: [], node: false },
  contract: { mayImport: ["core"], npm: ["zod"], node: false },
  modem: { mayImport: ["core"], npm: [], node: false },
  provisioning: { mayImport: ["core", "modem"], npm: ["cbor-x", "jose"], node: false },
  cloud: { mayImport: ["core", "contract"], npm: [], node: false },
  run: { mayImport: ["core", "contract", "modem", "provisioning", "cloud"], npm: [], node: false },
  // CAs of one's own; reads requests with the reader that KEYGEN tokens are read with.
  pki: { mayImport: ["core", "provisioning"], npm: [], node: true },
  link: { mayImport: ["core", "modem"], npm: ["serialport"], node: true },
  dtls: { mayImport: ["core"], npm: [], node: true },
  coap: { mayImport: ["core"], npm: ["coap-packet"], node: true },
  transport: { mayImport: ["core", "provisioning", "cloud", "dtls", "coap"], npm: ["proxy-from-env"], node: true },
  // The service's connection test: what runs do on the way to a service, told step by step; for the command line and a helper.
  probe: {
    mayImport: ["core", "contract", "provisioning", "cloud", "dtls", "coap", "transport"],
    npm: ["zod"],
    node: true,
  },
  worker: {
    mayImport: ["core", "contract", "modem", "provisioning", "cloud", "run", "link", "dtls", "coap", "transport"],
    npm: [],
    node: true,
  },
  // Of src/link it takes only who has a file open.
  audit: {
    mayImport: ["core", "contract"],
    files: ["link/port-holder.ts"],
    npm: ["better-sqlite3", "jose"],
    node: true,
  },
  // Beyond one station: the JetStream cluster that stations share. Loaded on demand only (rule line-on-demand).
  line: { mayImport: ["core", "contract"], npm: ["@nats-io", "jose", "zod"], node: true },
  // The collector and its central database.
  collect: {
    mayImport: ["core", "contract", "audit", "line"],
    npm: ["@nats-io", "pg", "better-sqlite3", "jose", "zod"],
    node: true,
  },
  station: { mayImport: ["core", "contract", "audit", "pki"], npm: ["yaml", "csv-parse", "zod"], node: true },
  service: {
    mayImport: ["core", "contract", "provisioning", "dtls", "coap", "pki"],
    npm: ["better-sqlite3", "jose", "@noble/curves", "csv-parse", "cbor-x"],
    node: true,
  },
  simulator: { mayImport: ["core", "modem"], npm: ["jose", "cbor-x"], node: true },
  cli: {
    mayImport: [
      ...["core", "contract", "modem", "provisioning", "cloud", "run", "link", "dtls", "coap", "transport"],
      ...["audit", "station", "service", "simulator", "probe", "pki", "line", "collect"],
    ],
    npm: ["zod", "cbor-x"],
    node: true,
  },
};

// The two halves of the desktop application, beside src.
const HALVES = {
  main: {
    mayImport: ["core", "contract", "audit", "station", "service", "simulator", "line", "collect"],
    // The one place that reads HTTPS_PROXY and NO_PROXY: workers and helpers do not get the environment, but what it means.
    files: ["transport/https/proxy-address.ts"],
    npm: ["electron", "zod", "yaml"],
    node: true,
  },
  renderer: {
    mayImport: ["core", "contract"],
    npm: [
      "vue",
      "pinia",
      "vue-router",
      "vue-i18n",
      "vuetify",
      "echarts",
      "zod",
      "@mdi/js",
      "@fontsource-variable",
      "vite-plugin-vuetify",
      "vite",
      "@vitejs/plugin-vue",
    ],
    node: false,
  },
};

const names = Object.keys(FOLDERS);
const escape = (text) => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");

const folderRules = names.map((name) => ({
  name: `folder-${name}`,
  comment: `src/${name} may import only: ${[name, ...FOLDERS[name].mayImport].join(", ")}`,
  severity: "error",
  from: { path: `^src/${name}/` },
  to: {
    path: "^(src|main|renderer|test)/",
    pathNot: [
      `^src/(${[name, ...FOLDERS[name].mayImport].join("|")})/`,
      ...(FOLDERS[name].files ?? []).map((file) => `^src/${escape(file)}$`),
    ],
  },
}));

const npmRules = names.map((name) => ({
  name: `npm-${name}`,
  comment: `src/${name} may use only these packages: ${FOLDERS[name].npm.join(", ") || "none"}`,
  severity: "error",
  from: { path: `^src/${name}/` },
  to: {
    dependencyTypes: ["npm", "npm-dev", "npm-optional", "npm-peer", "npm-no-pkg", "npm-unknown"],
    ...(FOLDERS[name].npm.length > 0
      ? { pathNot: `node_modules/(${FOLDERS[name].npm.map(escape).join("|")}|@types)(/|$)` }
      : {}),
  },
}));

const nodeRules = names
  .filter((name) => !FOLDERS[name].node)
  .map((name) => ({
    name: `portable-${name}`,
    comment: `src/${name} runs everywhere: no Node built-ins`,
    severity: "error",
    from: { path: `^src/${name}/` },
    to: { dependencyTypes: ["core"] },
  }));

const halfRules = Object.entries(HALVES).flatMap(([half, { mayImport, files = [], npm, node }]) => [
  {
    name: `folder-${half}`,
    comment: `${half} may import only these folders of src: ${mayImport.join(", ")}`,
    severity: "error",
    from: { path: `^${half}/` },
    to: {
      path: "^(src|main|renderer|test)/",
      pathNot: `^((${half}|src/(${mayImport.join("|")}))/|src/(${files.map(escape).join("|") || "-"})$)`,
    },
  },
  {
    name: `npm-${half}`,
    comment: `${half} may use only these packages: ${npm.join(", ")}`,
    severity: "error",
    from: { path: `^${half}/` },
    to: {
      dependencyTypes: ["npm", "npm-dev", "npm-optional", "npm-peer", "npm-no-pkg", "npm-unknown"],
      pathNot: `node_modules/(${npm.map(escape).join("|")})(/|$)`,
    },
  },
  ...(node
    ? []
    : [
        {
          name: `portable-${half}`,
          comment: `${half} runs in a sandboxed page: no Node built-ins`,
          severity: "error",
          from: { path: `^${half}/` },
          to: { dependencyTypes: ["core"] },
        },
      ]),
]);

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "nobody-imports-entries",
      comment: "worker, cli, main, renderer and test are entries: nothing else imports them",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/(worker|cli)/" },
      to: { path: "^(src/(worker|cli)|main|renderer|test)/" },
    },
    {
      name: "coaps-on-demand",
      comment:
        "CoAP and DTLS are loaded only where a profile asks for them: by import() from outside of their own files",
      severity: "error",
      from: {
        path: "^(src|main)/",
        pathNot: "^src/(dtls|coap|transport/coaps)/|/(coaps-way|coaps-server|bench/transport)[.]ts$",
      },
      to: {
        path: "^src/(dtls|coap|transport/coaps)/|/(coaps-way|coaps-server)[.]ts$",
        dynamic: false,
        dependencyTypesNot: ["type-only"],
      },
    },
    {
      name: "line-on-demand",
      comment:
        "NATS and PostgreSQL are loaded only where a line is configured: by import() from outside of their own files",
      severity: "error",
      from: { path: "^(src|main)/", pathNot: "^src/(line|collect)/|^(src/cli|main)/on-line/" },
      to: {
        path: "^src/(line|collect)/|^(src/cli|main)/on-line/",
        dynamic: false,
        dependencyTypesNot: ["type-only"],
      },
    },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
    ...halfRules,
    ...folderRules,
    ...npmRules,
    ...nodeRules,
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
    },
  },
};
