// The review page: what is on the screen, what each key does, the next field and its crops fetched ahead.
"use strict";

function review(desk) {
  const bar = messages(find("#bar"));
  const longest = Number(desk.dataset.longest);
  const ahead = all("template.ahead").map((item) => ({ task: Number(item.dataset.task), html: item.innerHTML }));
  const common = JSON.parse(desk.dataset.common);
  const own = JSON.parse(desk.dataset.own);
  const viewer = viewerOf(find("#viewer"));
  const images = [];
  let work = null; // the section of the task on screen, or null
  let pen = null; // its input's helper
  let shownAt = 0;
  let pressed = 0; // keys since it is on screen
  let away = 0; // milliseconds that nobody looked
  let hiddenAt = 0;
  let touched = performance.now(); // when the person last did anything

  const input = () => find("#text", desk);
  const task = () => (work ? Number(work.dataset.task) : null);
  const pane = () => find(".page", desk);
  const choices = () => all(".choices button", desk);
  const line = lineTo(bar, { known: () => ahead.map((item) => item.task), arrived, holding: task });
  const cutter = recutter(viewer, {
    begin: () => {
      view("zoom", true);
      return place("field");
    },
    send: reread,
    end: () => {
      work?.classList.remove("drawing");
      view(find(".cut", desk) ? "crop" : "page");
      input()?.focus({ preventScroll: true });
    },
  });

  function show(html) {
    cutter.stop();
    if (html !== undefined) {
      find("#parking").append(find("#viewer")); // what holds the page outlives the desk that it was shown on
      desk.innerHTML = html;
    }
    work = find(".work", desk);
    shownAt = performance.now();
    pressed = 0;
    away = 0;
    if (!work) return;
    const field = input();
    const known = "digits" in work.dataset ? {} : { ...("name" in work.dataset ? common : {}), ...own };
    pen = writer(field, JSON.parse(work.dataset.doubts), known, "digits" in work.dataset);
    const kept = draft()?.task === task();
    if (kept) field.value = draft().text;
    mark();
    field.focus({ preventScroll: true });
    if (kept) field.setSelectionRange(field.value.length, field.value.length);
    else if (work.dataset.select) field.setSelectionRange(...work.dataset.select.split(" ").map(Number));
    else field.select();
    if (find(".pictures", desk).dataset.view !== "crop") view(find(".pictures", desk).dataset.view);
    find(".row.current", desk)?.scrollIntoView({ block: "nearest" });
  }

  function mark(started = false) {
    const field = input();
    const edited = tidy(field.value) !== tidy(field.dataset.read);
    work.classList.toggle("edited", edited);
    if (started) work.dataset.typing = "";
    const numbered = "digits" in work.dataset && !("values" in work.dataset);
    work.classList.toggle("typing", "typing" in work.dataset || numbered);
    for (const button of choices()) button.classList.toggle("chosen", Boolean(field.value) && button.dataset.text === field.value);
    ghost(field);
    const becomes = pen.finished();
    find("#becomes").textContent = becomes && becomes !== tidy(field.value) ? `→ ${becomes}` : "";
    if (edited) sessionStorage.setItem(mine("draft"), JSON.stringify({ task: task(), text: field.value }));
    else if (draft()?.task === task()) sessionStorage.removeItem(mine("draft")); // another field's waits for it to come back
  }

  function draft() {
    return JSON.parse(sessionStorage.getItem(mine("draft")) || "null");
  }

  function ghost(field) {
    // Behind the input: the same letters unseen, those in doubt underlined.
    const pieces = [];
    let at = 0;
    for (const doubt of pen.moved()) {
      const under = document.createElement("mark");
      under.textContent = field.value.slice(doubt.at, doubt.at + doubt.length);
      pieces.push(field.value.slice(at, doubt.at), under);
      at = doubt.at + doubt.length;
    }
    find(".ghost", desk).replaceChildren(...pieces, field.value.slice(at));
    find(".ghost", desk).scrollLeft = field.scrollLeft;
  }

  function place(zoom) {
    const { page, width, height, box } = pane().dataset;
    return {
      page: Number(page), width: Number(width), height: Number(height), zoom, pane: pane(),
      box: box ? box.split(" ").map(Number) : null,
    };
  }

  function view(name, drawing = false) {
    const pictures = find(".pictures", desk);
    pictures.dataset.view = name;
    if (name === "page" || name === "zoom") {
      viewer.show({ ...place(name === "zoom" ? "field" : "page"), drawing });
    } else if (name === "near") {
      const near = find(".near", desk);
      if (near.childElementCount) return;
      fetch(`/near/${task()}`).then((answer) => answer.text()).then((html) => { near.innerHTML = html; }, () => bar.told("offline", "bad"));
    }
  }

  function nextView() {
    const shown = find(".pictures", desk).dataset.view;
    const possible = find(".cut", desk) ? ["crop", "page", "zoom"] : ["page", "zoom"];
    view(possible[(possible.indexOf(shown) + 1) % possible.length]);
  }

  function neighbours() {
    const near = find(".pictures", desk).dataset.view === "near";
    if (near) view(find(".cut", desk) ? "crop" : "page");
    else view("near");
  }

  function decide(action, text = null) {
    if (!work) return;
    if (text !== null && text.length > longest) return void bar.told("long", "bad");
    const seconds = Math.min(600, Math.max(0, (performance.now() - shownAt - away) / 1000));
    line.add({
      task: task(), version: Number(work.dataset.version), action, text, keys: pressed,
      seconds: Math.round(seconds * 100) / 100, html: desk.innerHTML, typed: input().value,
    });
    sessionStorage.removeItem(mine("draft"));
    const following = ahead.shift();
    show(following ? following.html : find("#waiting").innerHTML);
    line.send();
  }

  function enter() {
    const text = pen.finished();
    if (!text) return bar.told("empty");
    if (text === tidy(input().dataset.read)) return decide("accept");
    const taken = choices().some((button) => tidy(button.dataset.text) === text);
    return decide(taken ? "take_candidate" : "correct", text);
  }

  function take(button) {
    if (!button) return;
    const text = button.dataset.text;
    if (button.dataset.action) decide(button.dataset.action);
    else if (tidy(text) === tidy(input().dataset.read)) decide("accept");
    else decide("take_candidate", text);
  }

  function arrived(answer) {
    find("#left").textContent = answer.left;
    if (answer.task === null || answer.task !== task()) show(answer.html);
    else freshen(answer);
    const kept = new Map(ahead.map((item) => [item.task, item.html]));
    ahead.splice(0, ahead.length, ...answer.ahead.map(({ task: id, html }) => ({ task: id, html: html || kept.get(id) })));
    fetchAhead();
  }

  function freshen(answer) {
    // Shown ahead and right: only what the last decision changed around it is put in its place.
    const box = document.createElement("template");
    box.innerHTML = answer.html;
    for (const part of [".case", ".partner"]) {
      const fresh = box.content.querySelector(part);
      if (fresh) find(part, desk)?.replaceWith(fresh);
    }
    work.dataset.version = answer.version;
    find(".row.current", desk)?.scrollIntoView({ block: "nearest" });
  }

  function fetchAhead() {
    const box = document.createElement("template");
    for (const item of ahead) {
      box.innerHTML = item.html;
      for (const address of box.content.querySelector(".work").dataset.images.split(" ")) {
        const image = new Image();
        image.src = address;
        images.push(image);
      }
    }
    images.splice(0, Math.max(0, images.length - 18));
  }

  function reread(box) {
    // The place as drawn goes out at once; what is read there comes back as the field's new reading.
    const begun = performance.now();
    bar.told("reading");
    line.ask("/api/recut", { task: task(), version: Number(work.dataset.version), box }, (answer, status) => {
      if (status !== 200) return line.settle(answer, answer.sentence);
      const spent = ((performance.now() - begun) / 1000).toLocaleString(document.documentElement.lang, { maximumFractionDigits: 1 });
      sessionStorage.removeItem(mine("draft"));
      const keys = pressed;
      const since = shownAt;
      work = null; // the same task comes back with another picture and another reading
      line.settle(answer, bar.data.read.replace("{seconds}", spent));
      pressed = keys;
      shownAt = since;
      if (answer.read && input() && !input().value) {
        input().value = answer.read;
        mark(true);
      }
      return undefined;
    });
  }

  function undo() {
    const last = line.unsent(); // not gone out yet: simply back on the screen, with what was typed
    if (!last) {
      return line.undo(() => {
        sessionStorage.removeItem(mine("draft"));
        work = null; // what comes back replaces what is there, also where it is the same task
      });
    }
    if (work) ahead.unshift({ task: task(), html: desk.innerHTML });
    show(last.html);
    input().value = last.typed;
    return mark(input().value !== input().dataset.read);
  }

  function restore() {
    const field = input();
    field.value = field.dataset.read;
    delete work.dataset.typing;
    mark();
    field.select();
    if (bar.passing() || bar.hints()) bar.tell("");
  }

  function walk(step) {
    // Puts the candidate before or after into the input, to go on from there.
    const texts = choices().map((button) => button.dataset.text);
    if (!texts.length) return;
    const field = input();
    const at = texts.indexOf(field.value);
    field.value = texts[at < 0 ? 0 : (at + step + texts.length) % texts.length];
    field.setSelectionRange(field.value.length, field.value.length);
    mark(true);
  }

  const acts = {
    enter, view: nextView, undo, restore, near: neighbours,
    blank: () => decide("blank"),
    illegible: () => decide("illegible"),
    uncertain: () => decide("uncertain", pen.finished() || null),
    send: () => {
      if (!find("[data-key=send]", desk)) return;
      const text = pen.finished();
      decide("send", text === tidy(input().dataset.read) ? null : text || null);
    },
    recut: () => {
      if (!find("[data-key=recut]", desk)) return;
      work.classList.add("drawing");
      input().blur();
      cutter.start();
    },
    capitals: () => { pen.capitals(); mark(true); },
    cycle: () => { if (pen.cycle()) mark(true); },
    jump: () => { pen.jump(); mark(true); },
    zoomIn: () => viewer.zoom(1.4),
    zoomOut: () => viewer.zoom(1 / 1.4),
  };

  reviewKeys(desk, {
    acts, cutter, viewer, take, walk, input, choices,
    working: () => Boolean(work),
    started: () => mark(true),
    backspace: () => pen.backspace(),
    pressed: () => { pressed += 1; },
    touched: () => { touched = performance.now(); },
  });
  desk.addEventListener("input", (event) => {
    if (event.target !== input()) return;
    if (event.inputType !== "deleteContentBackward") pen.typed();
    if (!event.isComposing) pen.spaced(event);
    mark(true);
    const long = event.target.value.length > longest;
    if (long) bar.told("long", "bad");
    else if (bar.is("long") || bar.is("empty")) bar.tell("");
  });
  desk.addEventListener("scroll", (event) => {
    if (event.target === input()) find(".ghost", desk).scrollLeft = input().scrollLeft;
  }, true);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hiddenAt = performance.now();
    else away += performance.now() - hiddenAt;
  });
  setInterval(() => {
    if (!document.hidden && find("[data-rest], [data-waiting]", desk)) line.refresh();
  }, 10000);
  // A hard field may take longer than its lease: work keeps it, and a person who has left does not.
  const lease = Number(desk.dataset.lease) * 1000;
  setInterval(() => {
    if (work && !document.hidden && performance.now() - touched < lease) line.refresh();
  }, lease / 3);

  show();
  if (desk.dataset.notice) bar.tell(desk.dataset.notice, "passing");
  fetchAhead();
  viewer.load();
  if (line.waiting()) line.send(); // left over from before a reload or a new login
}

review(find("#desk"));
