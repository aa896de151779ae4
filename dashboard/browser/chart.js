// How does a figure become a drawing? Plotly draws it into a div that stays: what is asked anew is changed in place.
import "./plotly-basic.min.js";

const NOTHING = { displaylogo: false, scrollZoom: false, displayModeBar: true };

function draw(box, { figure, config, alt }, clicked) {
  const wide = box.clientWidth;
  if (!wide) return; // not on the screen; drawn when it has a width
  box.wide = wide;
  box.told = { figure, config };
  const plot = box.firstChild;
  box.setAttribute("role", "figure");
  box.setAttribute("aria-label", alt);
  box.style.height = `${figure.layout.height}px`;
  const camera = {
    name: "toImage",
    title: config.camera,
    icon: Plotly.Icons.camera,
    click: () => Plotly.downloadImage(plot, { ...box.told.config.image, width: box.wide, height: box.clientHeight }),
  };
  // Made once and handed over again: another one would make Plotly draw everything anew.
  box.how ??= { ...NOTHING, modeBarButtons: [[camera]] };
  Plotly.react(plot, figure.data, { ...figure.layout, width: wide }, box.how);
  plot.removeAllListeners("plotly_click");
  if (clicked) plot.on("plotly_click", ({ points: [point] }) => "customdata" in point && clicked(point.customdata));
}

export default function ({ data, parentElement, setTriggerValue }) {
  const told = JSON.parse(data);
  let box = parentElement.querySelector(".chart");
  if (!box) {
    box = document.createElement("div");
    box.className = "chart";
    box.append(document.createElement("div"));
    parentElement.append(box);
    box.watch = new ResizeObserver(() => {
      if (box.clientWidth && box.clientWidth !== box.wide) box.again();
    });
    box.watch.observe(box);
  }
  box.again = () => draw(box, told, told.clicks && ((codes) => setTriggerValue("click", codes)));
  box.again();
  return () => {
    if (box.isConnected) return; // an older call whose turn has passed; the chart is still in use
    box.watch.disconnect();
    Plotly.purge(box.firstChild);
  };
}
