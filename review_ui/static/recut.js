// A wrong crop: its place is drawn anew, by keys or by mouse, and read again at once.
"use strict";

function recutter(viewer, { begin, send, end }) {
  // `begin()`: shows the page and gives { page, width, height, box }; `send(box)`: has it read; `end()`: back.
  const STEP = 10; // pixels of the page; about the height of a small letter is three of them
  const LEAST = 12;
  let size = null; // of the page, while somebody draws
  let box = null;
  let from = null; // where the mouse went down
  let listening = false;

  function start() {
    const what = begin();
    size = what;
    box = what.box ? [...what.box] : [0.1 * what.width, 0.3 * what.height, 0.6 * what.width, 0.03 * what.height].map(Math.round);
    wait();
  }

  function wait() {
    if (!size) return;
    if (!viewer.ready()) return void setTimeout(wait, 60);
    if (!listening) {
      listening = true;
      viewer.onDrag((point) => { from = size ? point : null; }, drag, () => Boolean(size));
    }
    viewer.mark(true);
    viewer.reframe(box);
  }

  function drag([x, y]) {
    if (!size || !from) return false;
    const [left, top, right, bottom] = [Math.min(x, from[0]), Math.min(y, from[1]), Math.max(x, from[0]), Math.max(y, from[1])];
    set([left, top, right - left, bottom - top]);
    return true;
  }

  function set([x, y, w, h]) {
    const wide = Math.min(size.width, Math.max(LEAST, w));
    const high = Math.min(size.height, Math.max(LEAST, h));
    box = [
      Math.min(Math.max(0, x), size.width - wide), Math.min(Math.max(0, y), size.height - high), wide, high,
    ].map(Math.floor);
    viewer.reframe(box);
  }

  function stop() {
    size = null;
    viewer.mark(false);
    end();
  }

  function onKey(event) {
    // True where the key was for drawing.
    if (!size) return false;
    const step = event.ctrlKey ? 5 * STEP : STEP;
    const by = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    if (by && box) {
      const [x, y, w, h] = box;
      set(event.shiftKey ? [x, y, w + by[0], h + by[1]] : [x + by[0], y + by[1], w, h]);
    } else if (event.key === "Enter" && !event.repeat) {
      const drawn = box;
      stop();
      send(drawn);
    } else if (event.key === "Escape" || event.key === "F6") {
      stop();
    } else if (event.key === "PageUp" || event.key === "PageDown") {
      viewer.pan(event.key === "PageDown" ? 0.5 : -0.5);
    }
    return true; // while somebody draws, no other key does anything
  }

  return { start, onKey, drawing: () => Boolean(size), stop: () => size && stop() };
}
