// How does a page that is asked anew take the place of the one before? Only what differs in it is touched.
//
// The server sends a page as one text (body.py). What stands on the screen is made to read like it, node by node, so the
// browser lays out a few words anew and not the page, drawings stay in place and the focus stays where it is.

const carriers = document.getElementsByClassName("carrier"); // always those of now
const LISTS = "select, :has(select)"; // may show another choice than their text does
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

// Are two nodes the same, whatever they say? Such ones change into each other, others take each other's place.
const alike = (one, other) =>
  one.nodeName === other.nodeName &&
  (one.nodeType !== Node.ELEMENT_NODE ||
    (one.getAttribute("data-key") === other.getAttribute("data-key") && one.className === other.className &&
      one.firstElementChild?.className === other.firstElementChild?.className));

function become(now, next) {
  for (const { name } of [...now.attributes]) if (!next.hasAttribute(name)) now.removeAttribute(name);
  for (const { name, value } of next.attributes) if (now.getAttribute(name) !== value) now.setAttribute(name, value);
  if (now.classList.contains("chart")) return; // what is drawn in it is drawn there
  const [before, after] = [[...now.childNodes], [...next.childNodes]];
  const turn = (old, child) => {
    if (child.nodeType === Node.ELEMENT_NODE) {
      if (!old.isEqualNode(child) || old.matches(LISTS)) become(old, child);
    } else if (old.data !== child.data) old.data = child.data;
  };
  // From both ends what is of one kind; what is left in the middle came, went, or is something else now.
  while (before.length && after.length && alike(before[0], after[0])) turn(before.shift(), after.shift());
  const end = [];
  while (before.length && after.length && alike(before.at(-1), after.at(-1))) end.push([before.pop(), after.pop()]);
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

// What a carrier of this holder brings is put beside it, in place of what it brought before.
function put(holder, text, draw) {
  const next = read(text);
  const now = held.get(holder);
  if (now?.isConnected && now.dataset.key === next.dataset.key) {
    redraw(now, next, draw);
    become(now, next);
  } else {
    now?.remove();
    held.set(holder, holder.appendChild(next));
  }
  held.get(holder).said = text;
}

// Puts each page that came beside its carrier, which the framework owns, and takes away those that went.
export function settle(draw) {
  for (const carrier of carriers) {
    if (carrier.taken) continue;
    carrier.taken = true;
    const holder = carrier.closest('[data-testid="stElementContainer"]');
    const text = carrier.dataset.page;
    // It may have been put where the framework is about to take all away.
    const stays = (of) => of !== holder && of.isConnected && of.querySelector(".carrier")?.dataset.page === text;
    const [stands, page] = [...held].find(([of, each]) => each.said === text && !stays(of)) ?? [];
    const overtaken = ahead.splice(0, ahead.indexOf(text) + 1).length && ahead.length; // a later one is on the screen
    if (page && stands !== holder) {
      held.get(holder)?.remove();
      held.set(holder, holder.appendChild(page));
      held.delete(stands);
    } else if (!page && !overtaken) put(holder, text, draw);
  }
  for (const [holder, page] of held) {
    if (holder.isConnected && holder.querySelector(".carrier")) continue;
    page.remove();
    held.delete(holder);
    if (page.classList.contains("page")) ahead.length = 0;
  }
}

// A page asked anew is put on the screen as soon as its message is here, before the framework goes through it and all
// that comes with it: there is one page at a time, so where it stands is known. Its carrier, when it has got the same text
// at last, finds it standing.
const ahead = []; // texts that came so and that no carrier has brought yet, for a few seconds
const heard = new Map(); // pages by the hash of their message: of one that it sent before the server says no more
const words = new TextDecoder();
let forgetting;

export function hear(message, draw) {
  const text = message instanceof ArrayBuffer ? said(new Uint8Array(message)) : undefined;
  const pages = [...held].filter(([holder, page]) => holder.isConnected && page.classList.contains("page"));
  if (text === undefined || pages.length !== 1) return;
  const [[holder, { said: stands }]] = pages;
  if (text !== stands) {
    put(holder, text, draw);
    ahead.push(text);
    clearTimeout(forgetting); // the framework brings no carrier for what it skips
    forgetting = setTimeout(() => (ahead.length = 0), 3000);
  }
  requestAnimationFrame(() => setTimeout(() => dispatchEvent(new Event("shown"))));
}

// The page in a message (ForwardMsg: delta 5, new_element 3, html 54, body 1; hash 1, ref_hash 11), if there is one.
function said(message) {
  const known = field(message, 11);
  if (known) return heard.get(words.decode(known));
  const body = [5, 3, 54, 1].reduce(field, message);
  const carrier = body && read(words.decode(body));
  if (!carrier?.classList.contains("carrier") || !carrier.dataset.page.startsWith('<div class="stHtml page"')) return;
  heard.set(words.decode(field(message, 1)), carrier.dataset.page);
  if (heard.size > 30) heard.delete(heard.keys().next().value);
  return carrier.dataset.page;
}

// The bytes of a field of a protobuf message, if it has that field.
function field(bytes, wanted) {
  let at = 0;
  const number = () => {
    for (let value = 0, unit = 1; ; unit *= 128) {
      const byte = bytes[at++] ?? 0;
      value += (byte & 127) * unit;
      if (byte < 128) return value;
    }
  };
  while (at < bytes?.length) {
    const tag = number();
    const way = tag & 7;
    if (way === 0) number();
    else {
      const long = way === 2 ? number() : way === 1 ? 8 : 4;
      if (way === 2 && tag >> 3 === wanted) return bytes.subarray(at, at + long);
      at += long;
    }
  }
}
