"""What a station does by itself every minute or so.

Cases come back, drift is looked for, checks are taken up, known fields are mixed into the queue.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.drifting import watch_drift
from models.known import mix_in
from models.parking import bring_back_due
from models.reroute import ENOUGH, take_up

if TYPE_CHECKING:
    from models.store import Store


@dataclass(frozen=True, slots=True)
class Kept:
    """What was done, as counts. ``moved`` is None where too few checks were new."""

    back: int
    drifting: int
    moved: int | None
    known: int = 0


def keep_house(store: Store) -> Kept:
    """Bring back parked cases that are due, look for drift, derive thresholds anew from enough new checks.

    Fields whose answer is known go into the queue.
    """
    return Kept(
        back=bring_back_due(store),
        drifting=len(watch_drift(store)),
        moved=take_up(store, least=ENOUGH),
        known=mix_in(store),
    )
