// What is done about a picture that stands still while sound comes: first a whole one is asked for, then new routes, then
// a new connection. A connection costs everybody a moment of sound, so each next one is tried after twice the pause; but as
// long as the page is open, one is.

// A picture that has stood for so long is asked for.
const STILL = 1500;
const FROZEN = 4000;
const LONGEST = 120_000;
// Looks after which a picture counts as well again: on a line that loses much, none gets better by connecting anew.
const STEADY = 20;

export class Thaw {
  // "" while the picture moves, then "frozen", then "tried": for whoever tells the person.
  word = "";
  #pause = FROZEN;
  #asked = -Infinity;

  rest() {
    this.word = "";
    this.#pause = FROZEN;
  }

  // `still`: for how long the picture of this connection has stood, in milliseconds; `sure`: looks in a row at which it
  // moved. Answers "ask" where a whole picture should be asked for.
  look({ still, sure }, now) {
    if (sure >= STEADY) this.#pause = FROZEN;
    if (sure) this.word = "";
    if (still > FROZEN && !this.word) this.word = "frozen";
    if (still < STILL || now - this.#asked < STILL) return "";
    this.#asked = now;
    return "ask";
  }

  // Asked after that, where another connection may help: "", "routes" or "anew".
  next(still) {
    if (still <= this.#pause) return "";
    const step = this.#pause === FROZEN ? "routes" : "anew";
    this.#pause = Math.min(2 * this.#pause, LONGEST);
    if (step === "anew") this.word = "tried";
    return step;
  }
}
