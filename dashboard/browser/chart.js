// How does a figure become a drawing? Plotly draws it where the page says it; what is asked anew is changed in place.
import "./plotly-basic.min.js";
import { hear, settle } from "./page.js";

const plots = new Map(); // the key of a chart → what Plotly draws into; it outlives the markup around it
const AWAY = 24; // drawings of pages that were left: who comes back finds them as they were
const charts = document.getElementsByClassName("chart"); // always those of now
const ears = {}; // "show" runs a dialog, "draw" the page: what tells the server, by what it is to do
const early = []; // pressed before the server listens

function tell(to, pressed) {
  if (ears[to]) ears[to](pressed);
  else early.push([to, pressed]);
}

// What is chosen or pressed goes with all lists that wait: the server may hear only the last of what came in one breath.
function choose(key, codes) {
  const waiting = [...document.querySelectorAll("select.choice")].filter((list) => list.waiting !== undefined);
  dispatchEvent(new Event("awaited"));
  tell("draw", { lists: { ...Object.fromEntries(waiting.map((list) => [list.dataset.key, list.value])), [key]: codes } });
}

function made(key) {
  const plot = document.createElement("div");
  const keep = () => Plotly.downloadImage(plot, { ...plot.told.image, width: plot.wide, height: plot.offsetHeight });
  const camera = { name: "toImage", title: "", icon: Plotly.Icons.camera, click: keep };
  // Handed over again as it is: another one would make Plotly draw everything anew.
  plot.how = { displaylogo: false, scrollZoom: false, displayModeBar: true, modeBarButtons: [[camera]], camera };
  plots.set(key, plot);
  return plot;
}

function draw(chart) {
  const plot = plots.get(chart.dataset.key) ?? made(chart.dataset.key);
  if (plot.parentNode !== chart) {
    if (plot.said) Plotly.Fx.unhover(plot); // as it was when its page was left
    chart.append(plot);
    plots.delete(chart.dataset.key); // what was seen last stands last
    plots.set(chart.dataset.key, plot);
  }
  // To ask for a width lays the page out. What was drawn already is as wide as before, or `sized` says so.
  const wide = plot.wide || chart.clientWidth;
  if (!wide) return; // not on the screen: drawn when it has a width
  if (plot.said === chart.dataset.told && plot.drawn === wide) return; // as it stands
  plot.wide = plot.drawn = wide;
  plot.said = chart.dataset.told;
  const told = (plot.told = JSON.parse(plot.said));
  plot.how.camera.title = told.camera;
  Plotly.react(plot, told.figure.data, { ...told.figure.layout, width: plot.wide }, plot.how);
  plot.removeAllListeners("plotly_click");
  plot.on("plotly_click", ({ points: [point] }) => {
    if (told.clicks) choose(chart.dataset.key, point.customdata ?? null);
  });
}

const sized = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    const plot = plots.get(target.dataset.key);
    if (!target.isConnected || !plot || plot.wide === target.clientWidth) continue;
    plot.wide = target.clientWidth;
    draw(target);
  }
});

function look() {
  settle(draw);
  // Of two with one key, the old one on its way out and the new, one is drawn: they would take it from each other for ever.
  const last = new Map();
  for (const chart of charts) last.set(chart.dataset.key, chart);
  for (const chart of last.values()) {
    if (chart.firstChild && plots.get(chart.dataset.key)?.said === chart.dataset.told) continue;
    draw(chart);
    sized.observe(chart);
  }
  const away = [...plots].filter(([, plot]) => !plot.isConnected);
  for (const [key, plot] of away.slice(0, -AWAY)) {
    Plotly.purge(plot);
    plots.delete(key);
  }
}

addEventListener("said", ({ data }) => hear(data, draw));
new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true });
look();

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("button.do, button.going");
  if (button?.classList.contains("do")) tell("show", { key: button.dataset.key });
  else if (button) choose(button.dataset.key, button.dataset.code ?? null);
});

document.addEventListener("change", ({ target }) => {
  if (!target.matches?.("select.choice")) return;
  const chosen = (target.waiting = target.value); // until the page says the same
  setTimeout(() => target.waiting === chosen && (target.waiting = undefined), 5000);
  choose(target.dataset.key, target.value);
});

// The components of the page: they tell the server what was pressed or chosen.
export default function ({ data, setTriggerValue }) {
  ears[data.to] = (pressed) => setTriggerValue("press", pressed);
  for (const [to, pressed] of early.splice(0)) tell(to, pressed);
}
