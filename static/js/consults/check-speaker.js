// Two soft tones out of the chosen speaker.

const TONES = [523.25, 659.25];
const TONE_SECONDS = 0.7;
const LOUD = 0.3;

export class Speaker {
  #element;
  #context = null;

  constructor(element) {
    this.#element = element;
  }

  // Answers whether the sound could be played.
  async play() {
    this.#context ??= new AudioContext();
    await this.#context.resume();
    const out = this.#context.createMediaStreamDestination();
    TONES.forEach((tone, at) => this.#tone(tone, this.#context.currentTime + at * TONE_SECONDS, out));
    this.#element.srcObject = out.stream;
    try {
      await this.#element.play();
      return true;
    } catch {
      return false;
    }
  }

  // Rises and falls softly, so that nobody starts.
  #tone(frequency, begins, out) {
    const tone = this.#context.createOscillator();
    const gain = this.#context.createGain();
    tone.frequency.value = frequency;
    gain.gain.setValueAtTime(0, begins);
    gain.gain.linearRampToValueAtTime(LOUD, begins + TONE_SECONDS / 5);
    gain.gain.linearRampToValueAtTime(0, begins + TONE_SECONDS);
    tone.connect(gain).connect(out);
    tone.start(begins);
    tone.stop(begins + TONE_SECONDS);
  }
}
