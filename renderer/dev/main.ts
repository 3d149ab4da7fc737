import { z } from "zod";
import { LanguageSchema, ThemeSchema } from "../../src/contract/desktop-settings.ts";
import { mountStation } from "../mount.ts";
import { FakeStation } from "./fake-station.ts";
import { SCENES } from "./scenes.ts";
import { withLine } from "./with-line.ts";

// Shows the window over a fake station: ?scene=running-32&theme=dark&language=de&muted&as=engineer&line
z.config({ jitless: true });
const asked = new URLSearchParams(location.search);
const scene = SCENES.find(({ name }) => name === asked.get("scene")) ?? SCENES[0];
if (scene !== undefined) {
  const theme = ThemeSchema.catch("light").parse(asked.get("theme"));
  const language = LanguageSchema.catch("en").parse(asked.get("language"));
  const as = z
    .enum(["engineer", "operator", "nobody"])
    .optional()
    .catch(undefined)
    .parse(asked.get("as") ?? undefined);
  const station = new FakeStation(scene, { theme, language, sound: { on: !asked.has("muted"), volume: 0.6 } }, as);
  station.play();
  mountStation(asked.has("line") ? withLine(station) : station);
}
