// What the pages share. No library, nothing from elsewhere. Pages come whole from the server and work without
// script; with it they become quick. Nothing is logged, and what is kept in the browser (sessionStorage, gone
// with the tab) is cleared at logout.
"use strict";

const find = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const tidy = (text) => text.normalize("NFC").replace(/\s+/g, " ").trim();
const token = find("meta[name=csrf]").content;
const composing = (event) => event.isComposing || event.keyCode === 229; // Telex, VNI: the key is not ours
const plain = (event) => !event.ctrlKey && !event.altKey && !event.metaKey;

// ---- shared by the pages with a desk ----

function help() {
  const sheet = find("#help");
  if (!sheet) return false;
  if (sheet.open) sheet.close();
  else sheet.showModal();
  return true;
}

function frame(page, box) {
  // Marks a field on the page image, and brings it into the middle of what is seen.
  const mark = find(".frame", page);
  mark.classList.toggle("on", Boolean(box));
  if (!box) return;
  const [x, y, w, h] = box.split(" ").map(Number);
  const air = 0.006;
  mark.style.left = `${(x - air) * 100}%`;
  mark.style.top = `${(y - air) * 100}%`;
  mark.style.width = `${(w + 2 * air) * 100}%`;
  mark.style.height = `${(h + 2 * air) * 100}%`;
  const bring = () => {
    const sheet = find(".sheet", page);
    page.scrollTop = (y + h / 2) * sheet.clientHeight - page.clientHeight / 2;
    page.scrollLeft = (x + w / 2) * sheet.clientWidth - page.clientWidth / 2;
  };
  const image = find("img", page);
  if (image.complete && image.naturalHeight) bring();
  else image.addEventListener("load", bring, { once: true });
}

function scrollPage(event, page) {
  if (!page || page.clientHeight === 0) return false;
  page.scrollBy(0, (event.key === "PageDown" ? 0.8 : -0.8) * page.clientHeight);
  return true;
}

// ---- every page ----

find("form[data-logout]")?.addEventListener("submit", () => sessionStorage.clear());
find("[data-help]")?.addEventListener("click", help);
if (find(".cards") && document.activeElement === document.body) find(".cards a")?.focus();
