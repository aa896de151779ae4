// How does a figure become a drawing? Plotly draws it where the page says it; what is asked anew is changed in place.
import "./plotly-basic.min.js";

const plots = new Map(); // the key of a chart → what Plotly draws into; it outlives the markup around it
const charts = document.getElementsByClassName("chart"); // always those of now
let early; // pressed before the server listens
let tell = (pressed) => (early = pressed);

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
  chart.append(plot);
  plot.wide = chart.clientWidth;
  if (!plot.wide) return; // not on the screen: drawn when it has a width
  const told = (plot.told = JSON.parse(chart.dataset.told));
  plot.how.camera.title = told.camera;
  Plotly.react(plot, told.figure.data, { ...told.figure.layout, width: plot.wide }, plot.how);
  plot.removeAllListeners("plotly_click");
  plot.on("plotly_click", ({ points: [point] }) => {
    if (told.clicks) tell({ key: chart.dataset.key, codes: point.customdata ?? null });
  });
}

const sized = new ResizeObserver((entries) => {
  for (const { target } of entries)
    if (target.isConnected && target.clientWidth !== plots.get(target.dataset.key)?.wide) draw(target);
});

function look() {
  // Of two with one key, the old one on its way out and the new, one is drawn: they would take it from each other for ever.
  const last = new Map();
  for (const chart of charts) last.set(chart.dataset.key, chart);
  for (const chart of last.values()) {
    if (chart.firstChild) continue;
    draw(chart);
    sized.observe(chart);
  }
  for (const [key, plot] of plots) {
    if (plot.isConnected) continue;
    Plotly.purge(plot);
    plots.delete(key);
  }
}

new MutationObserver(look).observe(document.documentElement, { childList: true, subtree: true });
look();

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("button.do");
  if (button) tell({ key: button.dataset.key });
});

// The one component of the page: it tells the server what was pressed.
export default function ({ setTriggerValue }) {
  tell = (pressed) => setTriggerValue("press", pressed);
  if (early) tell(early);
  early = undefined;
}
