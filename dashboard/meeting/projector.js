// One slide is visible, the others wait beside it. Texts come from data-attributes, never as code.
(() => {
  "use strict";
  const body = document.body, said = body.dataset, find = (what) => document.querySelector(what);
  const slides = [...document.querySelectorAll(".slide")], thumbs = [...document.querySelectorAll(".thumb")];
  const toast = find(".toast"), aloud = find(".aloud"), help = find(".help"), black = find(".black");
  const last = slides.length - 1, title = document.title;
  let now = -1, typed = "", across = 1, seconds = Number(said.seconds), playing = false;
  let turning, telling, typing, moving;

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  const has = (name) => body.classList.contains(name);

  function tell(text) {
    toast.textContent = text;
    toast.hidden = false;
    clearTimeout(telling);
    telling = setTimeout(() => { toast.hidden = true; }, 2000);
  }

  function show(place) {
    typed = "";
    place = Math.min(Math.max(place, 0), last);
    if (place !== now) {
      slides[now]?.classList.remove("on");
      slides[place].classList.add("on");
      now = place;
      const heading = slides[now].querySelector("h1").textContent;
      aloud.textContent = `${now + 1} / ${slides.length} ${heading}`;
      document.title = `${now + 1} · ${heading} · ${title}`;
      // Replaced, not added: the browser's Back leads out of the meeting, or back into this slide. A browser that
      // limits how often this is done still shows the slide.
      try { history.replaceState(null, "", `#${now + 1}`); } catch { /* the address stays behind */ }
    }
    again();
  }

  // By itself

  function again() {
    clearTimeout(turning);
    if (playing) turning = setTimeout(() => { if (black.hidden) show(now === last ? 0 : now + 1); else again(); }, seconds * 1000);
  }

  function play(on) {
    playing = on;
    tell(playing ? fill(said.playing, {n: seconds}) : said.paused);
    again();
  }

  function pace(by) {
    seconds = Math.min(Math.max(seconds + by, 5), 120);
    tell(fill(said.playing, {n: seconds}));
    again();
  }

  // By number

  function type(digit) {
    typed = (typed + digit).slice(-3);
    tell(fill(said.jump, {n: typed}));
    clearTimeout(typing);
    typing = setTimeout(() => { typed = ""; }, 4000);
  }

  function jump() {
    const number = Number(typed);
    typed = "";
    if (number < 1 || number > slides.length) return tell(fill(said.noSlide, {n: number, all: slides.length}));
    toast.hidden = true;
    overview(false);
    show(number - 1);
  }

  // Beside the slide

  function overview(on) {
    if (on === has("overview")) return;
    body.classList.toggle("overview", on);
    help.hidden = true;
    if (on) {
      fit();
      thumbs[now].focus();
      thumbs[now].scrollIntoView({block: "nearest"});
    } else document.activeElement?.blur();
  }

  function notes(on) {
    body.classList.toggle("with-notes", on);
    if (on && !slides[now].querySelector(".notes")) tell(said.noNotes);
  }

  function close() {
    typed = "";
    help.hidden = toast.hidden = true;
    overview(false);
    notes(false);
  }

  function fullscreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else document.documentElement.requestFullscreen?.().catch(() => tell(said.noFullscreen));
  }

  // The one thing that asks for anything. Tried first: a page that cannot be reached must not take the slides away.
  function leave(link) {
    if (!link) return tell(said.noLink);
    fetch(link, {method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(4000)})
      .then(() => location.assign(link), () => tell(said.unreachable));
  }

  const acts = {
    next: () => show(now + 1),
    back: () => show(now - 1),
    first: () => show(0),
    last: () => show(last),
    overview: () => overview(!has("overview")),
    black: () => { black.hidden = false; },
    play: () => play(!playing),
    faster: () => pace(-5),
    slower: () => pace(5),
    fullscreen,
    speaker: () => notes(!has("with-notes")),
    explore: () => leave(slides[now].dataset.link),
    language: () => { if (said.other) leave(`${said.other}#${now + 1}`); },
    leave: () => { if (said.back) leave(said.back); },
    help: () => { help.hidden = !help.hidden; },
    close,
  };
  const keys = {
    ArrowRight: "next", ArrowDown: "next", PageDown: "next", " ": "next", Enter: "next",
    ArrowLeft: "back", ArrowUp: "back", PageUp: "back", Backspace: "back", Home: "first", End: "last",
    o: "overview", b: "black", ".": "black", p: "play", "+": "slower", "=": "slower", "-": "faster",
    f: "fullscreen", F5: "fullscreen", n: "speaker", e: "explore", l: "language", q: "leave", h: "help", "?": "help",
    Escape: "close",
  };

  function amongThumbs(key) {
    const steps = {ArrowRight: 1, ArrowLeft: -1, ArrowDown: across, ArrowUp: -across, PageDown: 1, PageUp: -1};
    const here = Math.max(0, thumbs.indexOf(document.activeElement));
    const place = key === "Home" ? 0 : key === "End" ? last : here + (steps[key] ?? NaN);
    if (Number.isNaN(place)) return false;
    thumbs[Math.min(Math.max(place, 0), last)].focus();
    return true;
  }

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (!black.hidden) {
      if (["Shift", "CapsLock"].includes(event.key)) return;
      black.hidden = true;
      return event.preventDefault();
    }
    if (/^[0-9]$/.test(event.key)) return type(event.key);
    if (event.key === "Enter" && typed) { jump(); return event.preventDefault(); }
    if (event.key === "Backspace" && typed) { typed = typed.slice(0, -1); return tell(fill(said.jump, {n: typed})); }
    if (typed) { typed = ""; toast.hidden = true; } // another key: the number is given up
    if (has("overview") && amongThumbs(event.key)) return event.preventDefault();
    // A button that has the focus answers to Enter and space itself.
    if ((event.key === "Enter" || event.key === " ") && event.target.closest?.("button")) return;
    const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!act) return;
    event.preventDefault();
    if (!help.hidden && act !== "help") help.hidden = true;
    else acts[act]();
  });

  find(".bar").addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    acts[button.dataset.act]();
    if (event.detail) button.blur(); // clicked: the space bar is for the next slide again
  });
  thumbs.forEach((each, place) => each.addEventListener("click", () => { show(place); overview(false); }));
  black.addEventListener("click", () => { black.hidden = true; });
  help.addEventListener("click", () => { help.hidden = true; });

  addEventListener("mousemove", () => {
    body.classList.add("moved");
    clearTimeout(moving);
    moving = setTimeout(() => body.classList.remove("moved"), 2500);
  });

  let start;
  addEventListener("touchstart", (event) => { start = event.touches.length === 1 ? event.touches[0] : undefined; }, {passive: true});
  addEventListener("touchend", (event) => {
    if (!start || has("overview") || !help.hidden) return;
    const across = event.changedTouches[0].clientX - start.clientX, down = event.changedTouches[0].clientY - start.clientY;
    if (Math.abs(across) > 60 && Math.abs(across) > 2 * Math.abs(down)) acts[across < 0 ? "next" : "back"]();
  }, {passive: true});

  function fit() {
    const style = document.documentElement.style;
    style.setProperty("--scale", Math.min(innerWidth / 1920, innerHeight / 1080));
    // As many beside each other as leave them largest with all in sight.
    let thumb = 0;
    for (let each = 2; each <= 6; each++) {
      const rows = Math.ceil(slides.length / each);
      const wide = (innerWidth - 80 - 24 * (each - 1)) / each, high = (innerHeight - 64 - 24 * (rows - 1)) / rows * 16 / 9;
      if (Math.min(wide, high) > thumb) [thumb, across] = [Math.floor(Math.min(wide, high)), each];
    }
    style.setProperty("--across", across);
    style.setProperty("--thumb", `${thumb}px`);
    style.setProperty("--small", thumb / 1920);
  }

  const asked = () => show((parseInt(location.hash.slice(1), 10) || 1) - 1);
  addEventListener("resize", fit);
  addEventListener("hashchange", asked);
  body.classList.add("live");
  fit();
  asked();
})();
