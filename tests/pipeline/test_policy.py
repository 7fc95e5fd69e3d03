"""Targets by field, families of books, and what a policy answers for a field."""

from __future__ import annotations

from pipeline.policy import (
    PERSON_FIELDS,
    PERSON_TARGET,
    TARGET,
    Answer,
    Asking,
    FieldPolicy,
    Policy,
    family_of,
)
from pipeline.proof import NOT_PROVEN, Curve

SURE = Curve.of((0.9999, True) for _ in range(800))
BAD = Curve.of((0.9999, i > 40) for i in range(800))
HAND = family_of("KS", "2010", typed=False)


def test_families_are_named() -> None:
    assert (HAND, family_of("KT", "2015", typed=True)) == ("KS.2010.hand", "KT.2015.typed")


def test_the_registered_person_has_a_stricter_target() -> None:
    policy = Policy({})
    assert policy.of("meHoTen").target == TARGET
    assert policy.of("nksHoTen").target == PERSON_TARGET
    assert "nksNoiSinh" not in PERSON_FIELDS
    assert Policy({}, default=FieldPolicy(target=0.001)).of("nksHoTen").target == 0.001
    own = Policy({}, fields={"nksHoTen": FieldPolicy(target=0.01)})
    assert own.of("nksHoTen").target == 0.01


def test_a_proven_sample_accepts_from_its_threshold_on() -> None:
    policy = Policy({("name", HAND): SURE})
    threshold = policy.threshold("meHoTen", "name", HAND)
    assert threshold.proven
    assert policy.answer("meHoTen", "name", HAND, threshold.value) is Answer.ACCEPT
    assert policy.answer("meHoTen", "name", HAND, threshold.value - 0.001) is Answer.UNSURE
    # 800 checks without an error prove 0.5 %, not 0.2 %.
    assert policy.answer("nksHoTen", "name", HAND, 1.0) is Answer.NOT_PROVEN
    assert policy.threshold("nksHoTen", "name", HAND).needed == 351


def test_what_no_sample_speaks_for_is_asked() -> None:
    policy = Policy({("name", HAND): SURE})
    assert policy.threshold("meHoTen", "name", "KT.2015.typed").value == NOT_PROVEN
    assert policy.answer("meHoTen", "place", HAND, 1.0) is Answer.NOT_PROVEN


def test_a_pool_stands_in_where_the_own_sample_is_small_and_never_where_it_fails() -> None:
    pools = {HAND: ("hand", "any")}
    few = Curve.of((0.9999, True) for _ in range(20))
    assert (
        Policy({("name", HAND): few, ("name", "hand"): SURE}, pools).threshold("meHoTen", "name", HAND).proven
    )
    assert (
        not Policy({("name", HAND): BAD, ("name", "hand"): SURE}, pools)
        .threshold("meHoTen", "name", HAND)
        .proven
    )
    assert not Policy({("name", "hand"): SURE}, pools).threshold("meHoTen", "name", "KT.2010.hand").proven


def test_always_and_never_come_before_any_probability() -> None:
    fields = {"ghiChu": FieldPolicy(asking=Asking.NEVER), "so": FieldPolicy(asking=Asking.ALWAYS)}
    policy = Policy({("figures", HAND): SURE}, fields=fields)
    assert policy.answer("ghiChu", "place", HAND, 0.1) is Answer.NEVER_ASKED
    assert policy.answer("so", "figures", HAND, 1.0) is Answer.ALWAYS_ASKED
