import { TONES, type Note, type Tone } from "./tones.ts";

/** Loudness of a note at full volume, so that three at once do not distort. */
const PEAK = 0.3;
/** Seconds in which a note swells and fades, so that it does not click. */
const EDGE = 0.012;

/** Plays the station's sounds through the machine's own loudspeaker. */
export class SoundPlayer {
  #context: AudioContext | undefined;

  /** Plays a sound at a volume of 0 to 1; silent at 0. */
  play(tone: Tone, volume: number): void {
    if (volume <= 0) return;
    this.#context ??= new AudioContext();
    const context = this.#context;
    for (const note of TONES[tone]) sound(context, note, PEAK * volume);
  }
}

function sound(context: AudioContext, { pitch, at, length }: Note, peak: number): void {
  const start = context.currentTime + at;
  const end = start + length;
  const voice = new OscillatorNode(context, { type: "triangle", frequency: pitch });
  const loudness = new GainNode(context, { gain: 0 });
  loudness.gain.setValueAtTime(0, start);
  loudness.gain.linearRampToValueAtTime(peak, start + EDGE);
  loudness.gain.setValueAtTime(peak, end - EDGE);
  loudness.gain.linearRampToValueAtTime(0, end);
  voice.connect(loudness).connect(context.destination);
  voice.start(start);
  voice.stop(end);
}
