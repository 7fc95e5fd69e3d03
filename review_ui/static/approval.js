// The approval page: a case is approved, or sent back with its wrong fields marked.
"use strict";

function approval(desk) {
  const { rows, bindings: common, zoom, current } = wholeCase(desk);

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
      ...common(event), F4: acts.return, F10: () => location.assign(desk.dataset.history),
      ArrowRight: () => location.assign(desk.dataset.next),
      ArrowLeft: () => desk.dataset.before && location.assign(desk.dataset.before),
    };
    if (!elsewhere) {
      bindings.Enter = () => event.repeat || find("#approve-form")?.requestSubmit(find("#approve-form button"));
      bindings[" "] = () => current()?.classList.toggle("wrong");
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
  });
}

approval(find("#approval"));
