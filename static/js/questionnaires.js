// Shows a question as soon as an answer brings it up. Without script the server does it after saving.
const form = document.getElementById("questions");
const waiting = [...form.querySelectorAll("[data-when]")].map((box) => ({
  box,
  conditions: JSON.parse(box.dataset.when),
  all: box.dataset.behavior === "all",
}));

function value(name) {
  const control = form.elements.namedItem(name);
  const box = (control instanceof RadioNodeList ? control[0] : control).closest("[data-question]");
  return box.hidden ? "" : control.value.trim();
}

const asNumber = (text) => Number(text.replace(",", "."));
const asks = {
  exists: (given, expected) => (given !== "") === expected,
  "=": (given, expected) => given !== "" && given === String(expected),
  "!=": (given, expected) => given !== String(expected),
  ">": (given, expected) => given !== "" && asNumber(given) > expected,
  "<": (given, expected) => given !== "" && asNumber(given) < expected,
  ">=": (given, expected) => given !== "" && asNumber(given) >= expected,
  "<=": (given, expected) => given !== "" && asNumber(given) <= expected,
};

function look() {
  for (const { box, conditions, all } of waiting) {
    const holds = ({ question, operator, expected }) => asks[operator](value(question), expected);
    box.hidden = !(all ? conditions.every(holds) : conditions.some(holds));
  }
  const boxes = [...form.querySelectorAll("[data-question]")].filter((box) => !box.hidden);
  form.elements.namedItem("shown").value = boxes.map((box) => box.dataset.question).join(" ");
}

form.addEventListener("input", look);
look();
