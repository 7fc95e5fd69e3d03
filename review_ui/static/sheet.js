// A sheet of crops of one kind: wrong ones are marked, the others accepted together. Nothing unseen is accepted:
// a picture that is not there yet holds the sheet back, one that cannot be opened takes its field off the sheet.
"use strict";

function collage(sheet) {
  const bar = find("#bar");
  const cells = all(".cell", sheet);
  const begun = performance.now();
  let pressed = 0;
  let sending = false;

  const tell = (sentence) => {
    bar.hidden = !sentence;
    bar.textContent = sentence || "";
  };
  const wrong = (cell) => cell.getAttribute("aria-pressed") === "true";
  const seen = (cell) => find("img", cell).complete && find("img", cell).naturalWidth > 0;

  function count() {
    const bad = cells.filter(wrong).length;
    const says = find("#count");
    says.textContent = says.dataset.says.replace("{good}", cells.length - bad).replace("{bad}", bad);
  }

  function turn(cell, on = !wrong(cell)) {
    if (cell.dataset.failed) return;
    cell.setAttribute("aria-pressed", String(on));
    count();
  }

  function fail(cell) {
    turn(cell, true);
    cell.dataset.failed = "true";
    cell.title = bar.dataset.failed;
  }

  async function accept() {
    if (sending) return;
    const good = cells.filter((cell) => !wrong(cell));
    if (!good.every(seen)) return tell(bar.dataset.loading);
    sending = true;
    try {
      const answer = await fetch("/api/sheet", {
        method: "POST", credentials: "same-origin", redirect: "error",
        headers: { "Content-Type": "application/json", "X-CSRF-Token": token },
        body: JSON.stringify({
          accepted: good.map((cell) => ({ task: Number(cell.dataset.task), version: Number(cell.dataset.version) })),
          seconds: Math.min(3600, (performance.now() - begun) / 1000), keys: pressed,
        }),
        signal: AbortSignal.timeout(20000),
      });
      if (answer.status === 401 || answer.status === 403) return tell(bar.dataset.expired);
      if (!answer.ok) throw new Error(String(answer.status));
      const { sentence } = await answer.json();
      if (sentence) {
        tell(sentence);
        await new Promise((resolve) => { setTimeout(resolve, 2500); });
      }
      // What was marked waits on the review page, so this person goes there; otherwise the next sheet.
      location.assign(cells.some(wrong) ? "/review" : location.pathname);
    } catch {
      tell(bar.dataset.offline);
    } finally {
      sending = false;
    }
    return undefined;
  }

  function walk(key) {
    const columns = getComputedStyle(find(".cells", sheet)).gridTemplateColumns.split(" ").length;
    const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[key];
    const at = cells.indexOf(document.activeElement);
    cells[Math.min(cells.length - 1, Math.max(0, at < 0 ? 0 : at + step))].focus();
  }

  for (const cell of cells) {
    const image = find("img", cell);
    if (image.complete && !image.naturalWidth) fail(cell);
    image.addEventListener("error", () => fail(cell));
    cell.addEventListener("click", () => turn(cell));
  }
  find("#accept")?.addEventListener("click", accept);
  document.addEventListener("keydown", (event) => {
    if (!event.repeat && !["Shift", "Control", "Alt", "Meta"].includes(event.key)) pressed += 1;
    if (event.key === "F1") return void (help() && event.preventDefault());
    if (!cells.length || composing(event) || !plain(event) || find("dialog[open]")) return;
    const named = cells.find((cell) => cell.dataset.letter === event.key.toLowerCase());
    if (event.key === "Enter" && !event.target.closest("a, .top button")) {
      event.preventDefault();
      if (!event.repeat) accept();
    } else if (event.key.startsWith("Arrow")) {
      event.preventDefault();
      walk(event.key);
    } else if (named && !event.repeat) {
      event.preventDefault();
      turn(named);
      named.focus();
    }
  });
  if (cells.length) {
    cells[0].focus();
    count();
  }
}

collage(find("#sheet"));
