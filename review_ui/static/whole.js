// A whole case beside its page: going through its fields, the page of the scan zoomed and scrolled.
"use strict";

function wholeCase(desk) {
  const rows = all("#rows .row", desk);
  const page = find(".page", desk);
  const pictures = find(".pictures", desk);
  let at = -1;

  function go(step) {
    rows[at]?.classList.remove("current");
    rows[at]?.removeAttribute("aria-current");
    at = Math.min(rows.length - 1, Math.max(0, at + step));
    rows[at].classList.add("current");
    rows[at].setAttribute("aria-current", "true");
    rows[at].scrollIntoView({ block: "nearest" });
    frame(page, rows[at].dataset.box);
  }

  function zoom() {
    const large = pictures.dataset.view !== "zoom";
    pictures.dataset.view = large ? "zoom" : "page";
    const image = find("img", page);
    if (large && !image.src.includes("size=full")) image.src = `${page.dataset.src}?size=full`;
    frame(page, rows[at]?.dataset.box);
  }

  const bindings = (event) => ({
    ArrowDown: () => go(1), ArrowUp: () => go(-1), F9: zoom,
    PageUp: () => scrollPage(event, page), PageDown: () => scrollPage(event, page),
  });

  document.addEventListener("click", (event) => {
    const row = event.target.closest("#rows .row");
    if (row && !event.target.closest("input")) go(rows.indexOf(row) - at);
  });
  return { rows, go, zoom, bindings, current: () => rows[at] };
}
