import js from "@eslint/js";
import vitest from "@vitest/eslint-plugin";
import { defineConfig } from "eslint/config";
import vue from "eslint-plugin-vue";
import tseslint from "typescript-eslint";

const PORTABLE = [
  "src/core/**",
  "src/contract/**",
  "src/modem/**",
  "src/provisioning/**",
  "src/cloud/**",
  "src/run/**",
];
const CLOCK_GLOBALS = [
  "setTimeout",
  "setInterval",
  "setImmediate",
  "clearTimeout",
  "clearInterval",
  "Date",
  "performance",
];
const NODE_GLOBALS = ["Buffer", "process", "require", "global", "__dirname", "__filename"];

const banned = (names: readonly string[], message: string) => names.map((name) => ({ name, message }));

export default defineConfig(
  {
    ignores: [
      ...["dist/**", "node_modules/**", "coverage/**", "demo/**", "test/fixtures/**"],
      // Configuration that no TypeScript project holds, and ambient types that only the portable one does.
      ...[".dependency-cruiser.cjs", "src/portable-globals.d.ts"],
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  ...vue.configs["flat/recommended"],
  { files: ["**/*.vue"], languageOptions: { parserOptions: { parser: tseslint.parser } } },
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname, extraFileExtensions: [".vue"] },
    },
    rules: {
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true, allowBoolean: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/no-unnecessary-condition": [
        "error",
        { allowConstantLoopConditions: "only-allowed-literals" },
      ],
      "max-lines": ["error", { max: 300, skipBlankLines: false, skipComments: false }],
      "max-lines-per-function": ["error", { max: 50, skipBlankLines: true, skipComments: true }],
      "no-console": "error",
      eqeqeq: "error",
      "no-restricted-syntax": [
        "error",
        {
          selector: "Program > VariableDeclaration[kind='let']",
          message: "no module-level state: pass it in or keep it in an object",
        },
        {
          selector: "NewExpression[callee.name='Error']",
          message: "throw a StationError with a code of the table (src/core/error.ts)",
        },
        { selector: "ExportAllDeclaration", message: "no barrels: import from the file that defines it" },
      ],
    },
  },
  {
    files: PORTABLE,
    ignores: ["src/core/real-clock.ts", "src/core/iso-time.ts"],
    rules: {
      "no-restricted-globals": [
        "error",
        ...banned(CLOCK_GLOBALS, "portable code takes a Clock (src/core/clock.ts)"),
        ...banned(NODE_GLOBALS, "portable code knows no Node"),
      ],
    },
  },
  {
    files: ["test/**"],
    plugins: { vitest },
    rules: {
      ...vitest.configs.recommended.rules,
      "vitest/expect-expect": ["error", { assertFunctionNames: ["expect*", "fc.assert", "assert*"] }],
      "vitest/valid-title": ["error", { mustMatch: {}, ignoreTypeOfDescribeName: true }],
      "max-lines-per-function": "off",
      "no-restricted-syntax": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/require-await": "off",
    },
  },
  // A property speaks of whichever end its input has: taken or refused.
  { files: ["test/fuzz/**"], rules: { "vitest/no-conditional-expect": "off" } },
  {
    files: ["renderer/**"],
    rules: {
      // prettier lays out templates
      ...Object.fromEntries(
        [
          ...["max-attributes-per-line", "singleline-html-element-content-newline", "html-self-closing", "html-indent"],
          ...["html-closing-bracket-newline", "first-attribute-linebreak", "multiline-html-element-content-newline"],
        ].map((rule) => [`vue/${rule}`, "off"]),
      ),
      // the types tell which props may be absent
      "vue/require-default-prop": "off",
      // vue-tsc knows the globals of the page
      "no-undef": "off",
    },
  },
  { files: ["scripts/**", "src/cli/**"], rules: { "no-console": "off" } },
);
