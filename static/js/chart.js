// Lays a live chart over the drawing that came with the page: the same field, with each reading's
// own words under the pointer. Without script, or on paper, the drawing stays.
import uPlot from "../vendor/uPlot.esm.js";

const CSS = new URL("../vendor/uPlot.min.css", import.meta.url);
const FONT_SIZE = 17;
const dark = matchMedia("(prefers-color-scheme: dark)");

export function wake(island) {
  const figure = document.getElementById(island.dataset.chart);
  const frame = figure.querySelector(".chart-frame");
  const { series, band, mark, unit, zone } = JSON.parse(island.textContent);
  const named = Array.isArray(series[0][1]) ? series : [["", series]];
  const data = uPlot.join(named.map(([, points]) => columns(points)));
  if (data[0].length < 2) return;
  loadCss();

  const live = document.createElement("div");
  live.className = "chart-live";
  const words = document.createElement("p");
  words.className = "chart-words";
  words.setAttribute("aria-hidden", "true");
  frame.append(live);
  frame.after(words);
  figure.classList.add("awake");

  const scene = { figure, frame, named, band, mark, unit, zone, words };
  let chart;
  function draw() {
    chart?.destroy();
    chart = new uPlot(options(scene, size(live)), data, live);
    words.textContent = said(scene, data, data[0].length - 1);
  }
  draw();
  new ResizeObserver(() => chart.setSize(size(live))).observe(live);
  dark.addEventListener("change", draw);
  // Canvas letters do not wait for the font by themselves.
  document.fonts.ready.then(draw);
}

function columns(points) {
  const sorted = points.map(([at, value]) => [Date.parse(at) / 1000, value]).sort((a, b) => a[0] - b[0]);
  return [sorted.map(([at]) => at), sorted.map(([, value]) => value)];
}

function size(element) {
  return { width: element.clientWidth, height: element.clientHeight };
}

function loadCss() {
  if (document.querySelector(`link[href="${CSS.href}"]`)) return;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = CSS.href;
  document.head.append(link);
}

// The drawing's own lines know their colour in this theme; a canvas has to be told.
function colours(figure) {
  const paint = (selector, property) => {
    const found = figure.querySelector(selector);
    return found ? getComputedStyle(found)[property] : "transparent";
  };
  return {
    lines: [paint(".chart-line", "stroke"), paint(".chart-line.second", "stroke")],
    band: paint(".chart-band", "fill"),
    mark: paint(".chart-mark", "stroke"),
    grid: paint(".chart-grid", "stroke"),
    words: paint(".chart-x", "color"),
    ground: getComputedStyle(document.documentElement).backgroundColor,
  };
}

function options(scene, { width, height }) {
  const paint = colours(scene.figure);
  const ticks = [...scene.frame.querySelectorAll(".chart-y span")].map((one) => Number(one.textContent)).reverse();
  const font = `${FONT_SIZE}px ${getComputedStyle(scene.figure).fontFamily}`;
  const axis = { font, stroke: paint.words, ticks: { show: false } };
  const widest = Math.max(...ticks.map((tick) => String(tick).length));
  return {
    width,
    height,
    tzDate: (at) => (scene.zone ? uPlot.tzDate(new Date(at * 1000), scene.zone) : new Date(at * 1000)),
    legend: { show: false },
    cursor: { drag: { x: false, y: false }, points: { size: 12 } },
    padding: [FONT_SIZE / 2, 10, 0, 0],
    scales: { y: { range: [ticks[0], ticks.at(-1)] } },
    axes: [
      { ...axis, grid: { show: false }, space: 90, size: 30, values: (_, at) => dayNames(scene, at) },
      {
        ...axis,
        grid: { stroke: paint.grid, width: 1 },
        size: 14 + widest * 10,
        gap: 6,
        splits: () => ticks,
        values: (_, found) => found.map(String),
      },
    ],
    series: [{}, ...scene.named.map(([name], index) => lineStyle(name, index, paint))],
    hooks: {
      drawClear: [(chart) => ground(chart, scene, paint)],
      setCursor: [(chart) => chart.cursor.idx != null && (scene.words.textContent = said(scene, chart.data, chart.cursor.idx))],
    },
  };
}

function lineStyle(name, index, paint) {
  const stroke = paint.lines[Math.min(index, 1)];
  return {
    label: name,
    stroke,
    width: 2.5,
    dash: index ? [7, 6] : undefined,
    spanGaps: true,
    points: { show: true, size: 8, fill: stroke },
  };
}

function ground(chart, { band, mark }, paint) {
  const { ctx, bbox } = chart;
  ctx.save();
  if (band) {
    const [bottom, top] = band.map((value) => chart.valToPos(value, "y", true));
    ctx.fillStyle = paint.band;
    ctx.fillRect(bbox.left, top, bbox.width, bottom - top);
  }
  if (mark) {
    const x = chart.valToPos(Date.parse(mark) / 1000, "x", true);
    ctx.strokeStyle = paint.mark;
    ctx.lineWidth = 2.5 * devicePixelRatio;
    ctx.setLineDash([5 * devicePixelRatio, 5 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

function dayName({ zone }, seconds, shape = { day: "numeric", month: "short" }) {
  // The portal's English is written day before month, on a clock of 24 hours.
  const { lang } = document.documentElement;
  const words = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, { ...shape, timeZone: zone ?? undefined });
  return words.format(seconds * 1000);
}

// Several marks may fall on one day: only the first of them says its name.
function dayNames(scene, moments) {
  const names = moments.map((one) => dayName(scene, one));
  return names.map((name, index) => (name === names[index - 1] ? "" : name));
}

function said(scene, data, index) {
  const when = dayName(scene, data[0][index], { dateStyle: "long", timeStyle: "short" });
  const values = scene.named
    .map(([name], at) => [name, data[at + 1][index]])
    .filter(([, value]) => value != null)
    .map(([name, value]) => (name ? `${name} ${value}` : `${value}`));
  return `${when}: ${values.join(" · ")} ${scene.unit}`;
}
