"""Simulated reviewers: each looks at the pictures, thinks, decides, and sometimes takes a decision back."""

from __future__ import annotations

import asyncio
import random
import re
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

from tests.review_ui.station import PASSWORD

if TYPE_CHECKING:
    from collections.abc import Mapping

TOKEN = re.compile(r'<meta name="csrf" content="([^"]+)">')
TIMING = re.compile(r"(\w+);dur=([0-9.]+)")
CHOICES = re.compile(r'name="candidate" value="\d" data-text="([^"]*)"')
PICTURES = re.compile(r'data-images="([^"]*)"')
FIELD = re.compile(r"/crop/(\d+)\?")
READ = re.compile(r'data-read="([^"]*)"')


@dataclass(frozen=True)
class Held:
    """A task as one person had it before them: from when to when (seconds of one clock)."""

    task: int
    person: str
    since: float
    until: float


@dataclass
class Log:
    """What all of them did and saw."""

    held: list[Held] = field(default_factory=list)
    decided: list[tuple[str, int, str]] = field(default_factory=list)  # person, task, action
    undone: list[tuple[str, int]] = field(default_factory=list)
    refused: list[tuple[int, int | None]] = field(default_factory=list)  # status and task of other answers
    milliseconds: dict[str, list[float]] = field(default_factory=dict)
    waited_for_nothing: int = 0  # times that somebody was told there is nothing more

    def timed(self, name: str, spent: float) -> None:
        """Keep a duration in milliseconds."""
        self.milliseconds.setdefault(name, []).append(spent)


class Reviewer:
    """One person at a browser. ``written``: what stands in the book, by the field's id."""

    def __init__(
        self, address: str, name: str, think: float, log: Log, seed: int, written: Mapping[int, str]
    ) -> None:
        self._client = httpx.AsyncClient(base_url=address, timeout=30, follow_redirects=True)
        self._name, self._think, self._log, self._written = name, think, log, written
        self._chance = random.Random(seed)
        self._token = ""
        self._seen: set[str] = set()
        self._has: list[int] = []
        self._accepted = True  # the last call

    async def work(self, until: float) -> None:
        """Decide fields until that moment of the clock (``time.monotonic``)."""
        await asyncio.sleep(self._chance.uniform(0, self._think))
        state = await self._call("/api/next")
        since = time.monotonic()
        while time.monotonic() < until:
            if state["task"] is None:
                self._log.waited_for_nothing += 1
                await asyncio.sleep(0.2)
                state = await self._call("/api/next")
                since = time.monotonic()
                continue
            await self._look(state)
            await asyncio.sleep(self._chance.expovariate(1 / self._think))
            task = state["task"]
            state = await self._decide_or_undo(state)
            now = time.monotonic()
            self._log.held.append(Held(task, self._name, since, now))
            since = now

    async def leave(self) -> None:
        """Close the browser."""
        await self._client.aclose()

    async def log_in(self) -> None:
        """Log in, as by the form."""
        self._token = TOKEN.findall((await self._client.get("/login")).text)[0]
        form = {"csrf": self._token, "name": self._name, "password": PASSWORD}
        answer = await self._client.post("/login", data=form)
        self._token = TOKEN.findall(answer.text)[0]

    async def _look(self, state: dict[str, Any]) -> None:
        """The pictures of the field and of those that follow, as the script loads them."""
        for item in (state, *state["ahead"]):
            for address in PICTURES.findall(item["html"] or "")[:1]:
                for picture in set(address.split()) - self._seen:
                    self._seen.add(picture)
                    begun = time.monotonic()
                    answer = await self._client.get(picture)
                    answer.raise_for_status()
                    self._log.timed("picture", 1000 * (time.monotonic() - begun))
        self._has = [item["task"] for item in state["ahead"]]

    async def _decide_or_undo(self, state: dict[str, Any]) -> dict[str, Any]:
        chance = self._chance.random()
        if chance < 0.04:
            answer = await self._call("/api/undo")
            self._log.undone.append((self._name, answer["task"]))
            return answer
        action, text = self._answer(state["html"])
        body = {"task": state["task"], "version": state["version"], "action": action, "text": text}
        answer = await self._call("/api/decide", **body, seconds=self._think, has=self._has[1:])
        if self._accepted:
            self._log.decided.append((self._name, state["task"], action))
        return answer

    def _answer(self, html: str) -> tuple[str, str | None]:
        """What this person says stands there; of a field that nothing is shown of, what is written there.

        It follows from the field alone: blind checks, which the station draws by itself, would else find
        people who contradict each other, and send the book back.
        """
        others = CHOICES.findall(html)[1:2]
        if others:
            return "take_candidate", others[0]
        field = FIELD.search(html)
        written = self._written.get(int(field[1]), "") if field else ""
        if READ.findall(html) != [""]:
            return "accept", None
        return ("correct", written) if written else ("blank", None)

    async def _call(self, address: str, **body: Any) -> dict[str, Any]:
        begun = time.monotonic()
        answer = await self._client.post(address, json=body, headers={"X-CSRF-Token": self._token})
        self._log.timed("round trip", 1000 * (time.monotonic() - begun))
        self._accepted = answer.status_code == 200
        if not self._accepted:
            self._log.refused.append((answer.status_code, body.get("task")))
        for name, spent in TIMING.findall(answer.headers.get("server-timing", "")):
            self._log.timed(name, float(spent))
        state: dict[str, Any] = answer.json()
        return state
