import type { CodeTable } from "../error-code.ts";

/** Codes of the library of recipes, fixtures and profiles. */
export const LIBRARY_CODES = {
  "library.id": {
    blame: "input",
    retry: false,
    advice: "The name cannot be used for a file: use small letters, digits, dots and dashes.",
  },
  "library.exists": {
    blame: "input",
    retry: false,
    advice: "There is a document of this name already: choose another name.",
  },
  "library.missing": {
    blame: "input",
    retry: false,
    advice: "The document is not there any more: open the list again.",
  },
  "library.built-in": {
    blame: "input",
    retry: false,
    advice: "The document comes with the station or its line and stays as it is: duplicate it and change the copy.",
  },
  "library.in-use": {
    blame: "input",
    retry: false,
    advice: "The line works with this document: let the line use another one first.",
  },
  "library.revision-used": {
    blame: "input",
    retry: false,
    advice: "Units were run with this revision as it was: save the change as a new revision.",
  },
  "library.revision": {
    blame: "input",
    retry: false,
    advice: "The revision cannot be set in this text: correct its problems first.",
  },
  "library.full": {
    blame: "input",
    retry: false,
    advice: "The library holds as much as it can: remove what is not used any more.",
  },
  "library.nothing": {
    blame: "input",
    retry: false,
    advice: "There is nothing to import: choose the folder of a recipe with its recipe.yaml, or YAML files.",
  },
  "library.write": {
    blame: "station",
    retry: true,
    advice: "The library cannot be written: free disk space and check that the station may write to its data folder.",
  },
} as const satisfies CodeTable;
