// How does a page that is asked anew take the place of the one before? Only what differs in it is touched.
//
// The server sends a page as one text (body.py). What stands on the screen is made to read like it, node by node, so the
// browser lays out a few words anew and not the page, drawings stay in place and the focus stays where it is.

const carriers = document.getElementsByClassName("carrier"); // always those of now
const held = new Map(); // what holds a carrier → the page beside it
const cleaner = Document.parseHTML && self.Sanitizer && new Sanitizer(); // older ones are made otherwise
if (cleaner) {
  cleaner.setDataAttributes(true);
  for (const name of ["button", "select", "option", "img"]) cleaner.allowElement(name);
  for (const name of ["alt", "aria-hidden", "aria-label", "aria-live", "aria-pressed", "class", "disabled", "role", "scope", "selected", "src", "style", "target",
    "title", "type", "value"])
    cleaner.allowAttribute(name);
  for (const [name, at] of [["svg", "2000/svg"], ["math", "1998/Math/MathML"]])
    cleaner.removeElement({ name, namespace: `http://www.w3.org/${at}` });
}

// All text in it was escaped where it was made; that nothing in it can run is made sure of a second time.
function read(text) {
  if (cleaner) return Document.parseHTML(text, { sanitizer: cleaner }).body.firstElementChild;
  const page = new DOMParser().parseFromString(text, "text/html").body.firstElementChild;
  for (const each of page.querySelectorAll("script, iframe, object, embed, svg, math, style, link, meta, base, form")) each.remove();
  for (const each of page.querySelectorAll("*"))
    for (const { name, value } of [...each.attributes])
      if (name.startsWith("on") || (/^(href|src)$/.test(name) && !/^(\/(?![\/\\])|data:image\/)/.test(value))) each.removeAttribute(name);
  return page;
}

// What a node is, whatever it says: two that are the same change into each other, others take each other's place.
const kind = (node) => `${node.nodeName} ${node.dataset?.key} ${node.className} ${node.firstElementChild?.className}`;

function become(now, next) {
  for (const { name } of [...now.attributes]) if (!next.hasAttribute(name)) now.removeAttribute(name);
  for (const { name, value } of next.attributes) if (now.getAttribute(name) !== value) now.setAttribute(name, value);
  if (now.classList.contains("chart")) return; // what is drawn in it is drawn there
  const [before, after] = [[...now.childNodes], [...next.childNodes]];
  const turn = (old, child) => {
    if (child.nodeType === Node.ELEMENT_NODE) become(old, child);
    else if (old.data !== child.data) old.data = child.data;
  };
  // From both ends what is of one kind; what is left in the middle came, went, or is something else now.
  while (before.length && after.length && kind(before[0]) === kind(after[0])) turn(before.shift(), after.shift());
  const end = [];
  while (before.length && after.length && kind(before.at(-1)) === kind(after.at(-1))) end.push([before.pop(), after.pop()]);
  const there = end.at(-1)?.[0] ?? null;
  for (const old of before) old.remove();
  for (const child of after) now.insertBefore(child, there);
  for (const [old, child] of end) turn(old, child);
  // What was chosen by hand counts more than the mark in the text; an answer to the choice before does not undo it.
  if (now.nodeName === "SELECT" && (now.waiting ?? next.value) === next.value) {
    now.value = next.value;
    now.waiting = undefined;
  }
}

// Drawing measures, and to measure lays out all that changed: charts that stay are drawn before anything else changes.
function redraw(now, next, draw) {
  const charts = new Map([...now.querySelectorAll(".chart")].map((chart) => [chart.dataset.key, chart]));
  for (const { dataset } of next.querySelectorAll(".chart")) {
    const chart = charts.get(dataset.key);
    if (!chart || chart.dataset.told === dataset.told) continue;
    chart.dataset.told = dataset.told;
    draw(chart);
  }
}

// Puts each page that came beside its carrier, which the framework owns, and takes away those that went.
export function settle(draw) {
  for (const carrier of carriers) {
    if (carrier.taken) continue;
    carrier.taken = true;
    const holder = carrier.closest('[data-testid="stElementContainer"]');
    const next = read(carrier.dataset.page);
    const now = held.get(holder);
    if (now?.isConnected) {
      redraw(now, next, draw);
      become(now, next);
    } else held.set(holder, holder.appendChild(next));
  }
  for (const [holder, page] of held) {
    if (holder.isConnected && holder.querySelector(".carrier")) continue;
    page.remove();
    held.delete(holder);
  }
}
