// A bar that moves with the voice, drawn from the microphone alone: nothing is kept or sent.

const LOUD = 0.25;
const CALM = 250;

export class Level {
  #meter;
  #context = null;
  #source = null;
  #track = null;

  constructor(meter) {
    this.#meter = meter;
  }

  show(track) {
    if (track === this.#track) return;
    this.#track = track;
    this.#source?.disconnect();
    this.#source = null;
    if (!track) {
      this.#context?.suspend();
      this.#meter.value = 0;
      return;
    }
    this.#context ??= new AudioContext();
    this.#context.resume();
    const analyser = this.#context.createAnalyser();
    analyser.fftSize = 512;
    this.#source = this.#context.createMediaStreamSource(new MediaStream([track]));
    this.#source.connect(analyser);
    this.#follow(track, analyser, new Float32Array(analyser.fftSize));
  }

  // Who asked for less movement gets a bar that steps four times a second.
  #follow(track, analyser, samples) {
    if (track !== this.#track || track.readyState === "ended") return;
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, one) => sum + one * one, 0) / samples.length;
    this.#meter.value = Math.min(1, Math.sqrt(power) / LOUD);
    const again = () => this.#follow(track, analyser, samples);
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) setTimeout(again, CALM);
    else requestAnimationFrame(again);
  }
}
