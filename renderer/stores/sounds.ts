import { defineStore } from "pinia";
import { SoundPlayer } from "../sound/player.ts";
import { endTone, type Tone } from "../sound/tones.ts";
import { useSettings } from "./settings.ts";
import { useStation } from "./station.ts";

/** Not more often than this, in ms: a tray that fails at once must not hammer. */
const ERROR_PAUSE = 2000;

/** The sounds of what happens at the station. */
export const useSounds = defineStore("sounds", () => {
  const settings = useSettings();
  const station = useStation();
  const player = new SoundPlayer();
  const last = { error: -ERROR_PAUSE };

  /** Plays a sound as loud as the settings say. */
  function play(tone: Tone): void {
    const { on, volume } = settings.settings.sound;
    if (on) player.play(tone, volume);
  }

  /** Plays what slots and batches call for from now on. */
  function follow(): void {
    station.watchSlots((before, after) => {
      if (before.kind !== "running" || after.kind !== "finished" || after.outcome !== "ERROR") return;
      const now = performance.now();
      if (now - last.error < ERROR_PAUSE) return;
      last.error = now;
      play("error");
    });
    station.watchBatches((summary) => {
      const tone = endTone(summary);
      if (tone !== "error" || performance.now() - last.error > ERROR_PAUSE) play(tone);
    });
  }

  return { play, follow };
});
