// The checker's page: a whole case beside its page. What is read differently is typed on the spot and kept at
// once; Enter lets the case pass.
"use strict";

function checking(desk) {
  const bar = messages(find("#bar"));
  const calls = desk.dataset.calls;
  const begun = performance.now();
  let busy = false;
  let touched = performance.now();

  function failed(error) {
    bar.told(/^\d+$/.test(error.message) ? "failed" : "offline", "bad");
  }

  async function call(name, body) {
    // One after another; null where nothing came back that counts. The bar has said why.
    if (busy) return null;
    busy = true;
    try {
      const answer = await post(`${calls}/${name}`, body);
      if (answer.status !== 401 && answer.status !== 403) return answer;
      bar.tell(answer.status === 401 ? bar.data.expired : answer.body.sentence, "bad", "/login?next=/check");
    } catch (error) {
      failed(error);
    } finally {
      busy = false;
    }
    return null;
  }

  async function undo() {
    const answer = await call("undo", {});
    if (answer) location.assign(`/check?said=${answer.body.back ? "back" : "none"}`);
  }

  if ("rest" in desk.dataset) {
    document.addEventListener("keydown", (event) => {
      if (event.key === "F1") return void (help() && event.preventDefault());
      if (event.key !== "F8" || !plain(event)) return;
      event.preventDefault();
      undo();
    });
    find("[data-key=undo]").addEventListener("click", undo);
    setInterval(() => document.hidden || find("dialog[open]") || location.replace("/check"), 20000);
    return;
  }

  const { rows, go, zoom, bindings, current } = wholeCase(desk);
  const caseId = Number(desk.dataset.case);
  const saidOf = (row) => find(".said", row);
  const typing = () => find("#typed", desk);

  function tally() {
    for (const row of rows) row.classList.toggle("differs", Boolean(saidOf(row).textContent));
    const count = rows.filter((row) => saidOf(row).textContent).length;
    const text = find("#tally");
    text.textContent = count ? text.dataset.some.replace("{count}", count) : text.dataset.none;
  }

  function close() {
    const input = typing();
    if (!input) return;
    input.replaceWith();
    sessionStorage.removeItem(mine("draft"));
    find("#rows").focus({ preventScroll: true });
  }

  function open(row, text) {
    // The input stands in the field's own row, over nothing: both readings are on the screen.
    if (typing()) return;
    const input = document.createElement("input");
    input.id = "typed";
    input.lang = "vi";
    input.autocomplete = "off";
    input.spellcheck = false;
    input.value = text ?? (saidOf(row).dataset.typed || row.dataset.text);
    input.setAttribute("aria-label", `${desk.dataset.input}: ${find(".label", row).textContent}`);
    row.append(input);
    input.focus({ preventScroll: true });
    input.select();
    row.scrollIntoView({ block: "nearest" });
    input.addEventListener("input", () => {
      const draft = { case: caseId, field: Number(row.dataset.field), text: input.value };
      sessionStorage.setItem(mine("draft"), JSON.stringify(draft));
    });
  }

  async function say(row, action, text = "") {
    if (text.length > Number(desk.dataset.longest)) return void bar.tell(desk.dataset.long, "bad");
    const body = { case: caseId, field: Number(row.dataset.field), version: Number(row.dataset.version), action, text };
    const answer = await call("say", body);
    if (!answer) return undefined;
    if (answer.status === 409 || answer.status === 404) return void bar.told("gone", "bad");
    if (answer.status !== 200) return void bar.tell(answer.body.sentence, "bad");
    const word = action === "correct" && text ? text : desk.dataset[action === "illegible" ? "illegible" : "blank"];
    saidOf(row).textContent = answer.body.differs ? word : "";
    saidOf(row).dataset.typed = action === "correct" ? text : "";
    bar.tell("");
    close();
    tally();
    return undefined;
  }

  async function pass() {
    const seconds = Math.min(36000, (performance.now() - begun) / 1000);
    const answer = await call("pass", { case: caseId, version: Number(desk.dataset.version), seconds });
    if (!answer) return;
    if (answer.status !== 200 && answer.status !== 409) return void bar.tell(answer.body.sentence, "bad");
    busy = true; // the next page comes
    sessionStorage.removeItem(mine("draft"));
    location.assign(`/check?said=${answer.status === 200 ? "passed" : "lost"}`);
  }

  const onRow = (act) => () => (current() || !rows.length || go(1), current() && act(current()));
  const acts = {
    view: zoom, pass, undo,
    type: onRow((row) => open(row)),
    blank: onRow((row) => say(row, "blank")),
    illegible: onRow((row) => say(row, "illegible")),
    drop: onRow((row) => saidOf(row).textContent && again(row)),
  };

  function again(row) {
    // As it stands there: what was said before is taken back.
    if (row.classList.contains("illegible")) return say(row, "illegible");
    return row.dataset.text ? say(row, "correct", row.dataset.text) : say(row, "blank");
  }

  document.addEventListener("keydown", (event) => {
    if (composing(event)) return;
    if (event.key === "F1") return void (help() && event.preventDefault());
    if (!plain(event) || find("dialog[open]")) return;
    const input = typing();
    if (input) {
      if (event.key === "Escape") close();
      else if (event.key === "Enter" && !event.repeat) say(input.closest(".row"), "correct", tidy(input.value));
      else if (event.key !== "Enter" && !["F2", "F3", "F8", "F9"].includes(event.key)) return;
      event.preventDefault();
      if (event.key === "F2" || event.key === "F3") acts[event.key === "F2" ? "blank" : "illegible"]();
      if (event.key === "F9") zoom();
      return;
    }
    const elsewhere = event.target.closest("a, button, input") && !event.target.closest("#pass-form");
    const keys = { ...bindings(event), F2: acts.blank, F3: acts.illegible, F8: undo, Delete: acts.drop };
    if (!elsewhere) Object.assign(keys, { Enter: pass, " ": acts.type });
    if (!keys[event.key]) return;
    event.preventDefault();
    if (!event.repeat || event.key.startsWith("Arrow") || event.key.startsWith("Page")) keys[event.key]();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button || !acts[button.dataset.key]) return;
    event.preventDefault();
    acts[button.dataset.key]();
  });
  for (const sign of ["keydown", "pointerdown", "wheel"]) {
    document.addEventListener(sign, () => { touched = performance.now(); }, { passive: true, capture: true });
  }
  // A case takes longer than its lease: work keeps it, and a person who has left does not.
  const lease = Number(desk.dataset.lease) * 1000;
  setInterval(async () => {
    if (document.hidden || performance.now() - touched > lease || busy) return;
    const answer = await call("keep", { case: caseId });
    if (answer?.status === 409) bar.told("gone", "bad");
  }, lease / 3);

  tally();
  if (rows.length) go(1);
  const draft = JSON.parse(sessionStorage.getItem(mine("draft")) || "null");
  const kept = draft?.case === caseId && rows.find((row) => Number(row.dataset.field) === draft.field);
  if (kept) {
    go(rows.indexOf(kept) - rows.indexOf(current()));
    open(kept, draft.text);
  }
}

checking(find("#desk"));
