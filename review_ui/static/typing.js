// Typing with few keys: abbreviations, dates without separators, capitals, marks of one letter. Texts in, texts
// out; only `writer` touches an input.
"use strict";

const typing = (() => {
  const TONES = ["", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323"];
  const SHAPES = { a: "aăâ", e: "eê", i: "i", o: "oôơ", u: "uư", y: "y", d: "dđ" };
  const nfc = (text) => text.normalize("NFC");

  function parts(letter) {
    // A letter as its shape (a, ă, â) and its tone; null where Vietnamese puts no marks on it.
    const plain = letter.normalize("NFD");
    const tone = TONES.find((mark) => mark && plain.includes(mark)) || "";
    const shape = nfc(plain.replace(tone, "")).toLowerCase();
    const family = Object.values(SHAPES).find((shapes) => shapes.includes(shape));
    return family ? { shape, tone, family } : null;
  }

  function marks(letter) {
    // What the letter may be with other marks: other tones first, then other shapes. The letter itself last.
    const found = parts(letter);
    if (!found) return [];
    const tones = found.family === "dđ" ? [""] : TONES;
    const from = tones.indexOf(found.tone);
    const turned = [...tones.slice(from + 1), ...tones.slice(0, from)];
    const others = [...found.family].filter((shape) => shape !== found.shape);
    const all = [...turned.map((tone) => found.shape + tone), ...others.map((shape) => shape + found.tone)];
    const upper = letter !== letter.toLowerCase();
    return [...all.map((text) => nfc(upper ? text.toUpperCase() : text)), letter];
  }

  function dated(text, like = "") {
    // 01122010, 012010, 2010 -> 01/12/2010, 01/2010, 2010, with the separator that the book's reading has.
    if (!/^\d{4,8}$/.test(text)) return text;
    const apart = /\d\s?([./-])\s?\d/.exec(like)?.[1] || "/";
    const good = (day, month, year) => day >= 1 && day <= 31 && month >= 1 && month <= 12 && year >= 1850 && year <= 2100;
    const cut = (...ends) => ends.map((end, at) => text.slice(ends[at - 1] || 0, end));
    if (text.length === 8) {
      const [day, month, year] = cut(2, 4, 8);
      return good(day, month, year) ? [day, month, year].join(apart) : text;
    }
    if (text.length !== 6) return text;
    const [month, year] = cut(2, 6);
    if (good(1, month, year)) return [month, year].join(apart);
    const [first, second, short] = cut(2, 4, 6);
    return good(first, second, 2000) ? [first, second, short].join(apart) : text;
  }

  function capitalised(text) {
    return text.replace(/(^|[\s'’-])(\p{L})(\p{L}*)/gu, (all, before, first, rest) => before + first.toUpperCase() + rest.toLowerCase());
  }

  function expanded(text, known) {
    // The word that the text ends with, if it is an abbreviation: what stands for it, or null.
    const word = /(?:^|\s)(\p{Ll}+)$/u.exec(text)?.[1];
    const full = word && Object.hasOwn(known, nfc(word)) ? known[nfc(word)] : null;
    return full ? text.slice(0, text.length - word.length) + full : null;
  }

  return { marks, dated, capitalised, expanded };
})();

function writer(input, doubts, known, digits) {
  // One field's input: knows which letters are in doubt, and what the last expansion replaced.
  let before = null; // what stood there before an abbreviation was written out
  let turn = null; // the letter whose marks go round: { at, length, texts, next }
  let places = doubts.map(({ at, length, texts }) => ({ at, length, texts }));
  const read = input.dataset.read;

  function set(text, from, to) {
    input.value = text;
    input.setSelectionRange(from, to);
  }

  function moved() {
    // Where the doubtful letters are in what the input holds now; those that were typed over are doubtful no more.
    const now = input.value;
    let head = 0;
    while (head < read.length && read[head] === now[head]) head += 1;
    let tail = 0;
    while (tail < Math.min(read.length, now.length) - head && read.at(-1 - tail) === now.at(-1 - tail)) tail += 1;
    const shift = now.length - read.length;
    return places
      .filter(({ at, length }) => at + length <= head || at >= read.length - tail)
      .map((place) => (place.at + place.length <= head ? place : { ...place, at: place.at + shift }));
  }

  function jump() {
    // To the next doubtful letter after the cursor, round to the first; where none is in doubt, back to the
    // letter before that may carry marks.
    const now = moved();
    const next = now.find(({ at }) => at > input.selectionStart) || now[0] || vowelBefore(input.selectionStart);
    turn = null;
    if (next) input.setSelectionRange(next.at, next.at + next.length);
  }

  function vowelBefore(from) {
    const count = input.value.length;
    for (let step = 1; step <= count; step += 1) {
      const at = (from - step + count) % count;
      if (/[^d]/i.test(input.value[at]) && typing.marks(input.value[at]).length) return { at, length: 1 };
    }
    return null;
  }

  function cycle() {
    // The letter under the selection, or before the cursor, with the next of its marks.
    const { selectionStart: from, selectionEnd: to, value } = input;
    if (!turn || turn.at !== from || turn.at + turn.length !== to || value.slice(from, to) !== turn.last) {
      const under = to > from ? from : Math.max(0, from - 1);
      const place = moved().find((one) => one.at <= under && under < one.at + one.length);
      const { at, length } = place || { at: under, length: 1 };
      const letter = value.slice(at, at + length);
      const texts = [...new Set([...(place ? place.texts : []), ...(length === 1 ? typing.marks(letter) : [letter])])];
      if (texts.length < 2) return false;
      turn = { at, length, texts, next: 0, last: letter };
    }
    const text = turn.texts[turn.next];
    set(value.slice(0, turn.at) + text + value.slice(turn.at + turn.length), turn.at, turn.at + text.length);
    turn = { ...turn, length: text.length, last: text, next: (turn.next + 1) % turn.texts.length };
    return true;
  }

  function spaced(event) {
    // After a blank: an abbreviation before it is written out. A date of eight digits is written out at once.
    const at = input.selectionStart;
    if (digits) {
      const full = at === input.value.length ? typing.dated(input.value.trim(), read) : "";
      if (input.value.trim().length === 8 && full.length > 8) set(full, full.length, full.length);
      return;
    }
    if (event.data !== " " || input.value[at - 1] !== " ") return;
    const full = typing.expanded(input.value.slice(0, at - 1), known);
    if (full === null) return;
    before = { text: input.value, at };
    set(`${full} ${input.value.slice(at)}`, full.length + 1, full.length + 1);
  }

  function finished() {
    // What Enter keeps: the last word written out, the date with its separators.
    const text = tidy(input.value);
    if (digits) return typing.dated(text, read);
    return text === tidy(read) ? text : typing.expanded(text, known) ?? text;
  }

  function backspace() {
    // Right after an expansion: what was typed comes back.
    if (!before || input.selectionStart !== input.selectionEnd) return false;
    set(before.text, before.at, before.at);
    before = null;
    return true;
  }

  function capitals() {
    const { selectionStart: from, selectionEnd: to } = input;
    set(typing.capitalised(input.value), from, to);
  }

  return { jump, cycle, spaced, finished, backspace, capitals, moved, typed: () => { before = null; turn = null; } };
}
