"""Who must see a field: the target of each field, whether it is always or never asked, and what is proven.

A policy is plain data, so that it may come from the file of the pipeline, from a database or from a test.
The thresholds follow from it: they are never written down by hand, but derived from checked fields
(``pipeline.proof``).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from pipeline.proof import BEARS, CONFIDENCE, Curve, Threshold, candidates, checks_to_bear, threshold_of

if TYPE_CHECKING:
    from collections.abc import Mapping

TARGET: Final = 0.005
"""Error rate among accepted values of a field, unless its own is set."""
PERSON_TARGET: Final = 0.002
"""The same for names and dates of the person whom the register is about."""
PERSON_FIELDS: Final = frozenset(
    {
        "nksHoTen",
        "nksNgaySinh",
        "nksNgaySinhBangChu",
        "chongHoTen",
        "chongNgaySinh",
        "voHoTen",
        "voNgaySinh",
        "nktHoTen",
        "nktNgaySinh",
        "nktNgayChet",
        "cnHoTen",
        "cnNgaySinh",
    }
)
"""Names and dates of the registered person: child, spouses, deceased, adopted child."""


class Asking(StrEnum):
    """Whether a person sees a field."""

    WHERE_DOUBTFUL = "where_doubtful"  # where the target is not proven for it
    ALWAYS = "always"
    NEVER = "never"  # what was read is kept, right or not: for fields that nobody needs


@dataclass(frozen=True, slots=True)
class FieldPolicy:
    """What an operator set for a field. ``second_keying``: two people enter it, blind to each other."""

    target: float = TARGET
    asking: Asking = Asking.WHERE_DOUBTFUL
    second_keying: bool = False


class Answer(StrEnum):
    """What a policy says of a field that nothing else speaks against."""

    ACCEPT = "accept"
    UNSURE = "unsure"  # its probability is under the threshold
    NOT_PROVEN = "not_proven"  # no threshold is proven for its group and family
    ALWAYS_ASKED = "always_asked"
    NEVER_ASKED = "never_asked"  # accepted without proof, by the operator's will


def family_of(register_type: str, edition: str, *, typed: bool) -> str:
    """The family of books that a page belongs to: ``KS.2010.hand``."""
    return f"{register_type}.{edition}.{'typed' if typed else 'hand'}"


@dataclass(frozen=True)
class Policy:
    """Targets by field, and the checked samples that thresholds are derived from.

    ``curves`` are by group of kinds and family of books, ``("name", "KS.2010.hand")``. ``pools`` say for a
    family which families together may stand in for it where its own sample is too small to be tested, the
    nearest first: a list fixed before anything was counted. ``person`` is the target of the registered
    person's names and dates. A family without a sample of its own and without a pool is asked about.
    """

    curves: Mapping[tuple[str, str], Curve]
    pools: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fields: Mapping[str, FieldPolicy] = field(default_factory=dict)
    default: FieldPolicy = FieldPolicy()
    person: float = PERSON_TARGET
    confidence: float = CONFIDENCE

    def of(self, key: str) -> FieldPolicy:
        """The policy of a field: its own, or the default, stricter for the registered person."""
        own = self.fields.get(key)
        if own is not None:
            return own
        if key in PERSON_FIELDS:
            return replace(self.default, target=min(self.default.target, self.person))
        return self.default

    def threshold(self, key: str, group: str, family: str) -> Threshold:
        """From which probability on a field is accepted, and what proves it.

        Args:
            key: the field.
            group: the kinds of field that its probability is judged among.
            family: the family of its book, as ``family_of`` says it.
        """
        target = self.of(key).target
        cache = self._cache
        found = cache.get((target, group, family))
        if found is None:
            found = threshold_of(self.sample(group, family, target), target, self.confidence)
            cache[target, group, family] = found
        return found

    def sample(self, group: str, family: str, target: float) -> Curve:
        """The checked fields that speak for a family: its own where they are enough, else a pool's.

        Which of them depends on numbers of checks only, never on errors.
        """
        enough, least = checks_to_bear(BEARS, target, self.confidence), candidates(target)[-1]
        largest = Curve()
        for name in (family, *self.pools.get(family, ())):
            curve = self.curves.get((group, name), Curve())
            if curve.checked[least] >= enough:
                return curve
            largest = max(largest, curve, key=lambda found: found.checked[least])
        return largest

    def answer(self, key: str, group: str, family: str, probability: float) -> Answer:
        """Whether a field needs a person, as far as its probability goes."""
        asking = self.of(key).asking
        if asking is Asking.ALWAYS:
            return Answer.ALWAYS_ASKED
        if asking is Asking.NEVER:
            return Answer.NEVER_ASKED
        threshold = self.threshold(key, group, family)
        if not threshold.proven:
            return Answer.NOT_PROVEN
        return Answer.ACCEPT if probability >= threshold.value else Answer.UNSURE

    @property
    def _cache(self) -> dict[tuple[float, str, str], Threshold]:
        found: dict[tuple[float, str, str], Threshold] = self.__dict__.setdefault("_thresholds", {})
        return found
