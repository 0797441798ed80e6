// Two pictures of one recording, kept together: whoever starts, stops or moves one moves the other.
const find = (id) => document.getElementById(id);
const films = [...document.querySelectorAll("#films video")];
const APART = 0.2;
let led = false;

function together(act) {
  if (led) return;
  led = true;
  act();
  setTimeout(() => (led = false), 50);
}

function follow(lead) {
  for (const one of films) if (one !== lead && Math.abs(one.currentTime - lead.currentTime) > APART) one.currentTime = lead.currentTime;
}

for (const film of films) {
  const others = films.filter((one) => one !== film);
  film.addEventListener("play", () => together(() => {
    follow(film);
    for (const one of others) one.play().catch(() => {});
  }));
  film.addEventListener("pause", () => film.ended || together(() => others.forEach((one) => one.pause())));
  film.addEventListener("seeking", () => together(() => follow(film)));
  film.addEventListener("ratechange", () => others.forEach((one) => (one.playbackRate = film.playbackRate)));
  film.addEventListener("error", () => (find("film-words").hidden = false));
}

find("film-together").hidden = films.length < 2;
find("play-both").addEventListener("click", () => films[0].play());
