// The review page: keys, saving without waiting, the next field and its crops fetched ahead.
"use strict";

function review(desk) {
  const bar = find("#bar");
  const longest = Number(desk.dataset.longest);
  const ahead = all("template.ahead").map((item) => ({ task: Number(item.dataset.task), html: item.innerHTML }));
  const mine = (name) => `${name} ${desk.dataset.person}`; // the next person at this PC does not send it as theirs
  const outbox = JSON.parse(sessionStorage.getItem(mine("outbox")) || "[]");
  let work = null; // the section of the task on screen, or null
  let shownAt = 0;
  let away = 0; // milliseconds that nobody looked
  let hiddenAt = 0;
  let touched = performance.now(); // when the person last did anything
  let sending = false;
  let wait = 1000;
  let views = ["crop", "page", "zoom"];
  const images = [];

  const input = () => find("#text", desk);
  const task = () => (work ? Number(work.dataset.task) : null);
  const keep = () => {
    const slim = outbox.map(({ html, typed, ...rest }) => rest);
    if (slim.length) sessionStorage.setItem(mine("outbox"), JSON.stringify(slim));
    else sessionStorage.removeItem(mine("outbox"));
  };

  function tell(sentence, kind = "", link = "") {
    bar.hidden = !sentence;
    bar.className = `bar ${kind}`;
    bar.textContent = sentence || "";
    if (link) {
      const anchor = document.createElement("a");
      anchor.href = link;
      anchor.textContent = bar.dataset.login;
      bar.append(anchor);
    }
  }

  function show(html) {
    if (html !== undefined) desk.innerHTML = html;
    work = find(".work", desk);
    shownAt = performance.now();
    away = 0;
    if (!work) return;
    const field = input();
    const draft = JSON.parse(sessionStorage.getItem(mine("draft")) || "null");
    if (draft && draft.task === task()) field.value = draft.text;
    mark();
    field.focus({ preventScroll: true });
    if (draft && draft.task === task()) field.setSelectionRange(field.value.length, field.value.length);
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
    work.classList.toggle("typing", "typing" in work.dataset || "digits" in work.dataset);
    for (const button of all(".choices button", desk)) {
      button.classList.toggle("chosen", button.dataset.text === field.value);
    }
    const draft = edited ? JSON.stringify({ task: task(), text: field.value }) : null;
    if (draft) sessionStorage.setItem(mine("draft"), draft);
    else sessionStorage.removeItem(mine("draft"));
  }

  function view(name) {
    const pictures = find(".pictures", desk);
    const page = find(".page", pictures);
    pictures.dataset.view = name;
    if (name === "crop") return;
    const image = find("img", page);
    const wanted = page.dataset.src + (name === "zoom" ? "?size=full" : "");
    if (image.getAttribute("src") !== wanted) image.src = wanted;
    frame(page, find(".row.current", desk)?.dataset.box);
  }

  function nextView() {
    const pictures = find(".pictures", desk);
    const possible = find(".cut", pictures) ? views : views.slice(1);
    view(possible[(possible.indexOf(pictures.dataset.view) + 1) % possible.length]);
  }

  function seconds() {
    return Math.min(600, Math.max(0, (performance.now() - shownAt - away) / 1000));
  }

  function decide(action, text = null) {
    if (!work) return;
    if (text !== null && text.length > longest) {
      tell(bar.dataset.long, "bad");
      return;
    }
    outbox.push({
      task: task(), version: Number(work.dataset.version), action, text,
      seconds: Math.round(seconds() * 100) / 100, html: desk.innerHTML, typed: input().value,
    });
    sessionStorage.removeItem(mine("draft"));
    keep();
    if (!sending && bar.classList.contains("passing")) tell("");
    const following = ahead.shift();
    show(following ? following.html : find("#waiting").innerHTML);
    send();
  }

  function enter() {
    const field = input();
    const text = tidy(field.value);
    if (!text) return tell(bar.dataset.empty);
    if (text === tidy(field.dataset.read)) return decide("accept");
    const taken = all(".choices button", desk).some((button) => tidy(button.dataset.text) === text);
    return decide(taken ? "take_candidate" : "correct", text);
  }

  function take(button) {
    if (!button) return;
    const text = button.dataset.text;
    if (tidy(text) === tidy(input().dataset.read)) decide("accept");
    else decide("take_candidate", text);
  }

  async function post(address, body) {
    const answer = await fetch(address, {
      method: "POST", credentials: "same-origin", redirect: "error",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(15000),
    });
    if (answer.status >= 500) throw new Error(String(answer.status));
    return { status: answer.status, body: await answer.json() };
  }

  async function send() {
    // One after another: the lease of a task follows from the decision before it.
    if (sending) return;
    sending = true;
    let last = null;
    let sentence = "";
    try {
      while (outbox.length) {
        const { html, typed, ...entry } = outbox[0];
        const answer = await post("/api/decide", { ...entry, has: ahead.map((item) => item.task) });
        if (refused(answer)) return;
        outbox.shift();
        keep();
        last = answer.body;
        sentence = last.sentence || sentence;
        wait = 1000;
      }
      if (last) settle(last, sentence);
    } catch (error) {
      offline(error);
    } finally {
      sending = false;
    }
  }

  function refused(answer) {
    // The session is over or the page is of another session: what was done stays here until it can be sent.
    if (answer.status !== 401 && answer.status !== 403) return false;
    tell(answer.status === 401 ? bar.dataset.expired : answer.body.sentence, "bad", "/login?next=/review");
    return true;
  }

  function offline(error) {
    const waiting = bar.dataset.waiting.replace("{count}", outbox.length);
    const what = /^\d+$/.test(error.message) ? bar.dataset.failed : bar.dataset.offline;
    tell(outbox.length ? `${what} ${waiting}.` : what, "bad");
    setTimeout(() => (outbox.length ? send() : refresh()), wait);
    wait = Math.min(wait * 1.6, 10000);
  }

  function settle(answer, sentence = "") {
    // What the server holds for this person is what the screen shows; mostly it is there already.
    if (outbox.length) return send();
    if (sentence) {
      tell(sentence, "passing");
    } else if (!bar.hidden) {
      tell("");
    }
    find("#left").textContent = answer.left;
    if (answer.task === null || answer.task !== task()) show(answer.html);
    else freshen(answer);
    const kept = new Map(ahead.map((item) => [item.task, item.html]));
    ahead.splice(0, ahead.length, ...answer.ahead.map(({ task: id, html }) => ({ task: id, html: html || kept.get(id) })));
    fetchAhead();
    return undefined;
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
    images.splice(0, Math.max(0, images.length - 12));
  }

  async function refresh() {
    if (sending || outbox.length) return;
    sending = true;
    try {
      const answer = await post("/api/next", {});
      sending = false;
      if (refused(answer)) return;
      const lost = work && !outbox.length && answer.body.task !== task();
      settle(answer.body, lost ? bar.dataset.lost : "");
    } catch (error) {
      offline(error);
    } finally {
      sending = false;
    }
  }

  async function undo() {
    const unsent = outbox[outbox.length - 1];
    if (unsent && unsent.html && (!sending || outbox.length > 1)) {
      outbox.pop(); // not gone out yet: simply back on the screen, with what was typed
      keep();
      if (work) ahead.unshift({ task: task(), html: desk.innerHTML });
      show(unsent.html);
      input().value = unsent.typed;
      mark(input().value !== input().dataset.read);
      return;
    }
    if (sending) return void setTimeout(undo, 120);
    sending = true;
    try {
      const answer = await post("/api/undo", {});
      sending = false;
      if (refused(answer)) return;
      sessionStorage.removeItem(mine("draft"));
      work = null; // what comes back replaces what is there, also where it is the same task
      settle(answer.body, answer.body.sentence);
    } catch (error) {
      offline(error);
    } finally {
      sending = false;
    }
  }

  function restore() {
    const field = input();
    field.value = field.dataset.read;
    delete work.dataset.typing;
    mark();
    field.select();
    if (bar.classList.contains("passing") || bar.className === "bar ") tell("");
  }

  function walk(step) {
    // Puts the candidate before or after into the input, to go on from there.
    const texts = all(".choices button", desk).map((button) => button.dataset.text);
    if (!texts.length) return;
    const field = input();
    const at = texts.indexOf(field.value);
    field.value = texts[at < 0 ? 0 : (at + step + texts.length) % texts.length];
    field.setSelectionRange(field.value.length, field.value.length);
    mark(true);
  }

  const acts = {
    enter, view: nextView, undo, restore,
    blank: () => decide("blank"),
    illegible: () => decide("illegible"),
    uncertain: () => decide("uncertain", tidy(input().value) || null),
  };
  const keys = { F2: "blank", F3: "illegible", F4: "uncertain", F8: "undo", F9: "view", Escape: "restore", Enter: "enter" };

  function onKey(event) {
    if (composing(event)) return;
    if (event.key === "F1") return void (help() && event.preventDefault());
    if (find("#help").open) return;
    const digit = event.altKey ? /^Digit([1-5])$/.exec(event.code) : /^([1-5])$/.exec(event.key);
    if (digit && work && !event.ctrlKey && !event.metaKey
        && (event.altKey || !work.classList.contains("typing"))) {
      event.preventDefault();
      return void (event.repeat || take(all(".choices button", desk)[Number(digit[1]) - 1]));
    }
    if (!plain(event)) return;
    if ((event.key === "PageUp" || event.key === "PageDown") && scrollPage(event, find(".page", desk))) {
      return void event.preventDefault();
    }
    const act = keys[event.key];
    if (act && (work || act === "undo")) {
      if (act === "enter" && event.target.closest("a, button:not(.go)")) return; // the focused button does it
      event.preventDefault();
      if (!event.repeat || act === "view") acts[act](); // a key held down never decides twice
      return;
    }
    if (!work || event.target !== input()) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      walk(event.key === "ArrowDown" ? 1 : -1);
    } else if (["ArrowLeft", "ArrowRight", "Home", "End", "Backspace", "Delete"].includes(event.key)) {
      mark(true); // somebody who moves the cursor is about to type: digits go to the input from here on
    }
  }

  document.addEventListener("keydown", onKey);
  for (const sign of ["keydown", "pointerdown", "wheel"]) {
    document.addEventListener(sign, () => { touched = performance.now(); }, { passive: true, capture: true });
  }
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.dataset.text !== undefined) {
      event.preventDefault();
      take(button);
    } else if (acts[button.dataset.key]) {
      event.preventDefault();
      acts[button.dataset.key]();
      if (work) input().focus({ preventScroll: true });
    }
  });
  desk.addEventListener("input", (event) => {
    if (event.target !== input()) return;
    mark(true);
    const long = event.target.value.length > longest;
    if (long) tell(bar.dataset.long, "bad");
    else if (bar.textContent === bar.dataset.long || bar.textContent === bar.dataset.empty) tell("");
  });
  desk.addEventListener("pointerup", (event) => {
    if (work && event.target === input()) mark(true);
  });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) hiddenAt = performance.now();
    else away += performance.now() - hiddenAt;
  });
  window.addEventListener("online", () => (outbox.length ? send() : refresh()));
  window.addEventListener("offline", () => offline(new Error("offline")));
  window.addEventListener("beforeunload", (event) => {
    if (outbox.length) event.preventDefault();
  });
  setInterval(() => {
    if (!document.hidden && find("[data-rest], [data-waiting]", desk)) refresh();
  }, 10000);
  // A hard field may take longer than its lease: work keeps it, and a person who has left does not.
  const lease = Number(desk.dataset.lease) * 1000;
  setInterval(() => {
    if (work && !document.hidden && performance.now() - touched < lease) refresh();
  }, lease / 3);

  show();
  if (desk.dataset.notice) tell(desk.dataset.notice, "passing");
  fetchAhead();
  if (outbox.length) send(); // left over from before a reload or a new login
}

review(find("#desk"));
