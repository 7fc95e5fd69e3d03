// The approval page: going through the fields of a case, approving it, sending it back.
"use strict";

function approval(desk) {
  const rows = all("#rows .row");
  const page = find(".page", desk);
  const pictures = find(".pictures", desk);
  let at = -1;

  function go(step) {
    rows[at]?.classList.remove("current");
    at = Math.min(rows.length - 1, Math.max(0, at + step));
    rows[at].classList.add("current");
    rows[at].scrollIntoView({ block: "nearest" });
    frame(page, rows[at].dataset.box);
  }

  function marked() {
    const wrong = rows.filter((row) => row.classList.contains("wrong"));
    const text = find("#marked");
    const names = wrong.map((row) => find(".label", row).textContent).join(", ");
    text.textContent = wrong.length ? text.dataset.some.replace("{names}", names) : text.dataset.none;
    find("#keys").replaceChildren(...wrong.map((row) => {
      const hidden = document.createElement("input");
      hidden.type = "hidden";
      hidden.name = "keys";
      hidden.value = row.dataset.name;
      return hidden;
    }));
  }

  function zoom() {
    const large = pictures.dataset.view !== "zoom";
    pictures.dataset.view = large ? "zoom" : "page";
    const image = find("img", page);
    if (large && !image.src.includes("size=full")) image.src = `${page.dataset.src}?size=full`;
    frame(page, rows[at]?.dataset.box);
  }

  const acts = {
    view: zoom,
    return: () => {
      if (!find("#return")) return;
      marked();
      find("#return").showModal();
      find("#reason").focus();
    },
  };

  let leaving = false;
  find("#approve-form")?.addEventListener("submit", (event) => {
    if (leaving) event.preventDefault();
    leaving = true;
  });
  document.addEventListener("keydown", (event) => {
    if (composing(event)) return;
    if (event.key === "F1") return void (help() && event.preventDefault());
    if (!plain(event) || find("dialog[open]")) return;
    const elsewhere = event.target.closest("a, button, input") && !event.target.closest("#approve-form");
    const bindings = {
      ArrowDown: () => go(1), ArrowUp: () => go(-1), F4: acts.return, F9: acts.view,
      ArrowRight: () => location.assign(desk.dataset.next),
      ArrowLeft: () => desk.dataset.before && location.assign(desk.dataset.before),
      PageUp: () => scrollPage(event, page), PageDown: () => scrollPage(event, page),
    };
    if (!elsewhere) {
      bindings.Enter = () => event.repeat || find("#approve-form")?.requestSubmit(find("#approve-form button"));
      bindings[" "] = () => rows[at]?.classList.toggle("wrong");
    }
    if (!bindings[event.key]) return;
    event.preventDefault();
    bindings[event.key]();
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.key && acts[button.dataset.key]) acts[button.dataset.key]();
    if (button?.dataset.opens) find(`#${button.dataset.opens}`).showModal();
    if (button && "close" in button.dataset) button.closest("dialog").close();
    const row = event.target.closest("#rows .row");
    if (row) go(rows.indexOf(row) - at);
  });
}

approval(find("#approval"));
