// The line to the server: decisions go out one after another, wait in the page while the network is away, and
// bring what comes next.
"use strict";

// The next person at this PC does not send it as theirs, nor does another page.
const mine = (name) => [name, find("#desk").dataset.person, find("#desk").dataset.calls].filter(Boolean).join(" ");

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

function messages(bar) {
  // The bar over the desk. `told(key)` are sentences that the server wrote into it.
  function tell(sentence, kind = "", link = "") {
    bar.hidden = !sentence;
    bar.className = `bar ${kind}`;
    bar.textContent = sentence || "";
    if (!link) return;
    const anchor = document.createElement("a");
    anchor.href = link;
    anchor.textContent = bar.dataset.login;
    bar.append(anchor);
  }
  return {
    tell,
    told: (key, kind, link) => tell(bar.dataset[key], kind, link),
    is: (key) => bar.textContent === bar.dataset[key],
    passing: () => bar.classList.contains("passing"),
    // A hint is about the field in hand, and not about what is on its way: it goes when that field is decided.
    hints: () => !bar.hidden && bar.className === "bar ",
    shown: () => !bar.hidden,
    data: bar.dataset,
  };
}

function lineTo(bar, { known, arrived, holding }) {
  // `known()`: ids shown ahead; `arrived(answer, sentence)`: put it on the screen; `holding()`: id on the screen.
  const calls = find("#desk").dataset.calls || "/api";
  const outbox = JSON.parse(sessionStorage.getItem(mine("outbox")) || "[]");
  let sending = false;
  let wait = 1000;

  const keep = () => {
    const slim = outbox.map(({ html, typed, ...rest }) => rest);
    if (slim.length) sessionStorage.setItem(mine("outbox"), JSON.stringify(slim));
    else sessionStorage.removeItem(mine("outbox"));
  };

  function add(entry) {
    outbox.push(entry);
    keep();
    if (bar.hints() || (!sending && bar.passing())) bar.tell("");
  }

  function unsent() {
    // The last decision, if it has not gone out yet: it is simply taken back.
    const last = outbox[outbox.length - 1];
    if (!last?.html || (sending && outbox.length === 1)) return null;
    outbox.pop();
    keep();
    return last;
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
        const answer = await post(`${calls}/decide`, { ...entry, has: known() });
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

  function settle(answer, sentence = "") {
    // What the server holds for this person is what the screen shows; mostly it is there already.
    if (outbox.length) return void send();
    if (sentence) bar.tell(sentence, "passing");
    else if (bar.shown() && !bar.hints()) bar.tell("");
    // Named by somebody of another unit, as after a book was moved: what is held now is asked for anew.
    if (answer.task === undefined) return void setTimeout(refresh, 0);
    arrived(answer);
  }

  function refused(answer) {
    // The session is over or the page is of another session: what was done stays here until it can be sent.
    if (answer.status !== 401 && answer.status !== 403) return false;
    bar.tell(answer.status === 401 ? bar.data.expired : answer.body.sentence, "bad", `/login?next=${location.pathname}`);
    return true;
  }

  function offline(error) {
    const waiting = bar.data.waiting.replace("{count}", outbox.length);
    const what = /^\d+$/.test(error.message) ? bar.data.failed : bar.data.offline;
    bar.tell(outbox.length ? `${what} ${waiting}.` : what, "bad");
    setTimeout(() => (outbox.length ? send() : refresh()), wait);
    wait = Math.min(wait * 1.6, 10000);
  }

  async function ask(address, body, then) {
    // A call that brings what the screen shows. False where one is under way already.
    if (sending || outbox.length) return false;
    sending = true;
    try {
      const answer = await post(address, body);
      sending = false;
      if (!refused(answer)) then(answer.body, answer.status);
    } catch (error) {
      offline(error);
    } finally {
      sending = false;
    }
    return true;
  }

  const refresh = () => ask(`${calls}/next`, {}, (body) => {
    const before = holding();
    settle(body, before !== null && !outbox.length && body.task !== before ? bar.data.lost : "");
  });

  function undo(then) {
    if (sending) return void setTimeout(() => undo(then), 120);
    ask(`${calls}/undo`, {}, (body) => {
      then();
      settle(body, body.sentence);
    });
  }

  window.addEventListener("online", () => (outbox.length ? send() : refresh()));
  window.addEventListener("offline", () => offline(new Error("offline")));
  window.addEventListener("beforeunload", (event) => {
    if (outbox.length) event.preventDefault();
  });
  return { add, unsent, send, ask, settle, refresh, undo, waiting: () => outbox.length };
}
