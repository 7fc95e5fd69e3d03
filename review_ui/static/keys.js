// The keys of the review page, and the buttons that say the same.
"use strict";

function reviewKeys(desk, { acts, cutter, viewer, take, walk, input, choices, working, started, backspace, pressed, touched }) {
  const KEYS = {
    F2: "blank", F3: "illegible", F4: "uncertain", F6: "recut", F7: "capitals", F8: "undo", F9: "view", F10: "near",
    Escape: "restore", Enter: "enter",
  };
  const MOVES = ["ArrowLeft", "ArrowRight", "Home", "End", "Backspace", "Delete"];
  const AGAIN = ["view", "cycle", "jump", "zoomIn", "zoomOut"]; // these may go on while a key is held down

  function named(event) {
    // What a key does, by name; null where it does nothing of ours.
    if (event.code === "Backquote" && !event.ctrlKey && !event.altKey && !event.metaKey) return event.shiftKey ? "jump" : "cycle";
    if (event.ctrlKey && !event.altKey && event.key === "ArrowUp") return "zoomIn";
    if (event.ctrlKey && !event.altKey && event.key === "ArrowDown") return "zoomOut";
    if (event.shiftKey && event.key === "F4") return plain(event) ? "send" : null;
    return plain(event) ? KEYS[event.key] : null;
  }

  function onKey(event) {
    if (!event.repeat && !["Shift", "Control", "Alt", "Meta"].includes(event.key)) pressed();
    if (composing(event)) return;
    if (event.key === "F1") return void (help() && event.preventDefault());
    if (find("#help").open) return;
    if (cutter.onKey(event)) return void event.preventDefault();
    const digit = event.altKey ? /^Digit([1-5])$/.exec(event.code) : /^([1-5])$/.exec(event.key);
    if (digit && working() && !event.ctrlKey && !event.metaKey
        && (event.altKey || !find(".work", desk).classList.contains("typing"))) {
      event.preventDefault();
      return void (event.repeat || take(choices()[Number(digit[1]) - 1]));
    }
    if ((event.key === "PageUp" || event.key === "PageDown") && plain(event)) {
      event.preventDefault();
      return void viewer.pan(event.key === "PageDown" ? 0.6 : -0.6);
    }
    const act = named(event);
    if (act && (working() || act === "undo")) {
      if (act === "enter" && event.target.closest("a, button:not(.go)")) return; // the focused button does it
      event.preventDefault();
      if (!event.repeat || AGAIN.includes(act)) acts[act](); // a key held down never decides twice
      return;
    }
    if (!working() || event.target !== input() || !plain(event)) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      walk(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Backspace" && backspace()) {
      event.preventDefault();
      started();
    } else if (MOVES.includes(event.key)) {
      started(); // somebody who moves the cursor is about to type: digits go to the input from here on
    }
  }

  document.addEventListener("keydown", onKey);
  for (const sign of ["keydown", "pointerdown", "wheel"]) {
    document.addEventListener(sign, touched, { passive: true, capture: true });
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
      if (working() && !cutter.drawing()) input().focus({ preventScroll: true });
    }
  });
  desk.addEventListener("pointerup", (event) => {
    if (working() && event.target === input()) started();
  });
}
