// Folds the sections of a long page into tabs; arrows move between them, as the ARIA pattern has it.

export function wake(panels) {
  const sections = [...panels.children];
  const list = document.createElement("div");
  list.className = "tablist";
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", panels.dataset.panels);
  const tabs = sections.map((section) => tabFor(section));
  list.append(...tabs);
  panels.prepend(list);

  function choose(index, focus) {
    tabs.forEach((tab, at) => {
      tab.setAttribute("aria-selected", String(at === index));
      tab.tabIndex = at === index ? 0 : -1;
      sections[at].hidden = at !== index;
    });
    if (focus) tabs[index].focus();
  }

  function move(event) {
    const forward = getComputedStyle(panels).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const back = forward === "ArrowRight" ? "ArrowLeft" : "ArrowRight";
    const here = tabs.indexOf(event.target);
    const goal = { [forward]: here + 1, [back]: here - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (goal === undefined) return;
    event.preventDefault();
    choose((goal + tabs.length) % tabs.length, true);
  }

  tabs.forEach((tab, index) => tab.addEventListener("click", () => choose(index)));
  list.addEventListener("keydown", move);
  choose(Math.max(0, sections.findIndex((section) => `#${section.id}` === location.hash)));
}

function tabFor(section) {
  const heading = document.getElementById(section.getAttribute("aria-labelledby"));
  const tab = document.createElement("button");
  tab.type = "button";
  tab.id = `${section.id}-tab`;
  tab.textContent = heading.textContent;
  tab.setAttribute("role", "tab");
  tab.setAttribute("aria-controls", section.id);
  section.setAttribute("role", "tabpanel");
  section.setAttribute("aria-labelledby", tab.id);
  section.tabIndex = 0;
  heading.hidden = true;
  return tab;
}
