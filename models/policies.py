"""The policy of a station: what its operators set for fields, and what its own checks prove.

What the pipeline decided stands until somebody sets something or checks are taken up; from then on every
field of a case that is not approved yet is decided by this policy from its kept probability and reasons. The
newest row of a field counts, rows are never changed, and the checks that count are those up to the last time
they were taken up: thresholds change when somebody can be told, not between two pages.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from models.audit import note
from models.errors import NotAllowed
from models.quality_tables import FieldCheck, FieldPolicyRow
from models.states import OF_MACHINE, Role
from models.tables import Event, User
from pipeline.confidence import default_policy
from pipeline.policy import PERSON_FIELDS, TARGET, Asking, FieldPolicy, Policy
from pipeline.proof import Curve, checks_to_bear

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

DEFAULT: Final = ""
NEVER_WITHOUT: Final = frozenset({"so", "quyenSo", "ngayDangKy"}) | PERSON_FIELDS
"""Fields that no policy may take from people altogether: the key of a case, and whom it is about."""
OBJECT: Final = "policy"
TAKEN_UP: Final = "policy_checks_taken_up"
FITTED: Final = "confidence_file_used"
NO_CHECKS: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Before any check."""
LEAST_TARGET: Final = 0.0005
LARGEST_TARGET: Final = 0.2

_cache: dict[tuple[str, int | None, datetime | None, datetime], Policy] = {}


def stored_policies(session: Session) -> dict[str, FieldPolicy]:
    """What holds for each key for which something was set and not taken back."""
    rows = session.scalars(_NEWEST)
    return {
        row.key: FieldPolicy(row.target, row.asking, row.second_keying) for row in rows if not row.withdrawn
    }


# Made once: making a statement costs as much as running it, and it is asked while somebody waits.
_NEWEST: Final = select(FieldPolicyRow).where(
    FieldPolicyRow.id.in_(select(func.max(FieldPolicyRow.id)).group_by(FieldPolicyRow.key))
)


def active_policy(session: Session) -> Policy | None:
    """The policy of the station; None where nothing was set and no checks were taken up."""
    newest = session.scalar(select(func.max(FieldPolicyRow.id)))
    taken_up = checks_taken_up(session)
    if newest is None and taken_up is None:
        return None
    key = (str(session.get_bind().engine.url), newest, taken_up, fitted_at(session))
    if key not in _cache:
        _cache.clear()  # what held before is asked for no more
        _cache[key] = station_policy(session, taken_up or NO_CHECKS)
    return _cache[key]


def station_policy(session: Session, until: datetime | None = None) -> Policy:
    """The policy with what was set and with the checks until then; all of them where None is given."""
    base = default_policy()
    stored = stored_policies(session)
    default = stored.pop(DEFAULT, base.default)
    return replace(
        base,
        fields={**base.fields, **stored},
        default=default,
        curves=merge_curves(base, curves_of_checks(session, until)),
    )


def merge_curves(base: Policy, own: Mapping[tuple[str, str], Curve]) -> dict[tuple[str, str], Curve]:
    """The samples that thresholds follow from: the station's own where they are enough, else both together.

    Made-up pages are many and checks at a station few: added up, the checks would drown. So the station's own
    stand alone as soon as there are enough of them to prove the usual target without an error. Which of the
    two depends on numbers of checks only, never on errors.
    """
    enough = checks_to_bear(0, TARGET, base.confidence)
    merged = dict(base.curves)
    for key, curve in own.items():
        merged[key] = curve if curve.checked[-1] >= enough else curve + base.sample(*key, TARGET)
    return merged


def curves_of_checks(session: Session, until: datetime | None = None) -> dict[tuple[str, str], Curve]:
    """Checks of the machine's readings, by pool of kinds and family of books.

    Where everything is asked these are all fields; where some is accepted, all that was asked and a random
    sample of the rest. Unsure fields are then too many among them, which makes no bound smaller.
    """
    query = select(FieldCheck.pool, FieldCheck.family, FieldCheck.probability, FieldCheck.right).where(
        FieldCheck.right.is_not(None),
        FieldCheck.plain,
        FieldCheck.author_id.is_(None),
        FieldCheck.kind.in_(OF_MACHINE),
        FieldCheck.checked_at > fitted_at(session),  # earlier ones are in the fitted file
    )
    if until is not None:
        query = query.where(FieldCheck.checked_at <= until)
    found: dict[tuple[str, str], list[tuple[float, bool]]] = {}
    for pool, family, probability, right in session.execute(query):
        found.setdefault((pool, family), []).append((probability, bool(right)))
    return {key: Curve.of(checks) for key, checks in found.items()}


def checks_taken_up(session: Session) -> datetime | None:
    """Until when checks count for thresholds; None where none were taken up yet."""
    return session.scalar(
        select(func.max(Event.at)).where(Event.object_type == OBJECT, Event.what == TAKEN_UP)
    )


def fitted_at(session: Session) -> datetime:
    """When weights fitted on the station's own checks came into use; before any check where none did."""
    query = select(func.max(Event.at)).where(Event.object_type == OBJECT, Event.what == FITTED)
    return session.scalar(query) or NO_CHECKS


def write_policy(
    session: Session, user_id: int | None, key: str, policy: FieldPolicy | None, known: frozenset[str]
) -> None:
    """Write what holds for a field from now on; None gives it back to the default.

    Raises:
        NotAllowed: when the account is no administrator. None is the command line of the station.
        ValueError: for a key that no form has, a target out of bounds, or a field that must be asked about.
    """
    _require_operator(session, user_id)
    if key != DEFAULT and key not in known:
        raise ValueError(f"no form has a field {key}")
    kept = policy or default_policy().default
    if not LEAST_TARGET <= kept.target <= LARGEST_TARGET:
        raise ValueError(f"a target is between {LEAST_TARGET} and {LARGEST_TARGET}")
    if kept.asking is Asking.NEVER and key in NEVER_WITHOUT | {DEFAULT}:
        raise ValueError(f"people must be asked about {key or 'some fields'}")
    session.add(
        FieldPolicyRow(
            key=key,
            target=kept.target,
            asking=kept.asking,
            second_keying=kept.second_keying,
            withdrawn=policy is None,
            set_by=user_id,
        )
    )
    note(
        session,
        "policy_set",
        OBJECT,
        None,
        user_id=user_id,
        key=key,
        target=kept.target,
        asking=kept.asking.value,
        second_keying=kept.second_keying,
        withdrawn=policy is None,
    )


def take_up_checks(session: Session, user_id: int | None) -> int:
    """Let all checks so far count for thresholds. Returns how many are new."""
    fresh = new_checks(session)
    note(session, TAKEN_UP, OBJECT, None, user_id=user_id, checks=fresh)
    return fresh


def new_checks(session: Session) -> int:
    """How many checks of the machine's readings came since they were last taken up."""
    query = select(func.count()).where(
        FieldCheck.right.is_not(None),
        FieldCheck.plain,
        FieldCheck.author_id.is_(None),
        FieldCheck.kind.in_(OF_MACHINE),
        FieldCheck.checked_at > (checks_taken_up(session) or NO_CHECKS),
    )
    return session.scalar(query) or 0


def _require_operator(session: Session, user_id: int | None) -> None:
    if user_id is None:
        return
    user = session.get(User, user_id)
    if user is None or not user.active or user.role is not Role.ADMINISTRATOR:
        raise NotAllowed
