"""The words for the states of what is kept, and for what people do to it."""

from __future__ import annotations

from enum import StrEnum


class ScanState(StrEnum):
    """A scan file on its way."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    READ = "read"  # each of its pages is read or has failed


class PageState(StrEnum):
    """A page in the ledger. ``reading`` counts only together with an unexpired lease."""

    WAITING = "waiting"
    READING = "reading"
    READ = "read"
    FAILED = "failed"


class CaseState(StrEnum):
    """A registered event: the main way, then the side states, each with a reason and a way back."""

    READ = "read"  # some field still waits for a person
    KEYED = "keyed"  # biên mục (BM) done
    CHECKED = "checked"  # KTBM1
    CHECKED_AGAIN = "checked_again"  # KTBM2
    APPROVED = "approved"
    LOADED = "loaded"
    NEEDS_VERIFICATION = "needs_verification"
    RESCAN = "rescan"
    ILLEGIBLE = "illegible"
    OUT_OF_SCOPE = "out_of_scope"
    VOID = "void"


class FieldState(StrEnum):
    """What is known of a field: the machine's four words, then what people made of it."""

    ACCEPTED = "accepted"
    FLAGGED = "flagged"
    BLANK = "blank"
    ABSENT = "absent"
    ACCEPTED_BY_PERSON = "accepted_by_person"
    CORRECTED = "corrected"
    BLANK_BY_PERSON = "blank_by_person"
    ILLEGIBLE = "illegible"
    UNCERTAIN = "uncertain"


class TaskState(StrEnum):
    """A review task."""

    OPEN = "open"
    DONE = "done"
    WITHDRAWN = "withdrawn"  # the policy no longer asks for it
    PARKED = "parked"  # its case waits for somebody outside


class TaskKind(StrEnum):
    """Why a field is put before a person. Nobody is told that a task is one of the blind kinds."""

    FIELD = "field"
    SAMPLE = "sample"  # a blind check of what stands there, shown as the machine had read it
    UNSEEN = "unseen"  # the same with nothing shown: nobody leans on what was read
    SECOND = "second"  # keyed once more without sight of the first keying
    KNOWN = "known"  # what stands there is known: how well whoever is asked reads
    ADJUDICATE = "adjudicate"  # two values, or a keyer who asks: on the adjudicators' page


BLIND = (TaskKind.SAMPLE, TaskKind.UNSEEN, TaskKind.SECOND)
"""Tasks that compare what somebody says with what stands there, and show none of it."""
HIDDEN = (*BLIND, TaskKind.KNOWN, TaskKind.ADJUDICATE)
"""While one of these waits, who keys does not see what stands there: a second keyer may yet think again."""


class CheckKind(StrEnum):
    """How somebody came to tell what is right."""

    DECIDED = "decided"
    SAMPLE = "sample"
    UNSEEN = "unseen"
    SECOND = "second"
    KNOWN = "known"  # says something of a person, and nothing of the field
    ADJUDICATED = "adjudicated"  # of a person's reading, by whoever settled two that differed


SAMPLES = (CheckKind.SAMPLE, CheckKind.UNSEEN)
"""Entries drawn at random, whatever was shown with them."""
OF_MACHINE = (CheckKind.DECIDED, *SAMPLES)
"""Checks that say something of the machine's readings."""


class Source(StrEnum):
    """Why a field came before an adjudicator."""

    SECOND = "second"  # keyed twice, and differently
    CHECK_1 = "check_1"
    CHECK_2 = "check_2"
    SENT = "sent"  # by whoever keyed it


class By(StrEnum):
    """What a line of the report stands for."""

    MONTH = "month"
    WEEK = "week"
    DAY = "day"
    OFFICE = "office"
    KIND = "kind"
    BOOK = "book"


class Outside(StrEnum):
    """Why a case has to be verified outside of the station."""

    FAMILY = "ask_family"
    OFFICE = "ask_office"
    OTHER_REGISTER = "other_register"
    PAPERS = "papers_missing"
    OTHER = "other"


class Return(StrEnum):
    """How a parked case came back."""

    DUE = "due"
    BY_HAND = "by_hand"
    SENT_BACK = "sent_back"


class Action(StrEnum):
    """What a person did; the first six decide a field."""

    ACCEPT = "accept"
    TAKE_CANDIDATE = "take_candidate"
    CORRECT = "correct"
    BLANK = "blank"
    ILLEGIBLE = "illegible"
    UNCERTAIN = "uncertain"
    APPROVE = "approve"
    RETURN = "return"
    UNDO = "undo"
    RECUT = "recut"  # drew the place of a field anew; it is decided afterwards
    CHECK = "check"  # said what stands there, for comparison; the field stays as it is
    PARK = "park"
    UNPARK = "unpark"
    SEND = "send"  # to an adjudicator, with the text so far
    CHECK_CASE = "check_case"  # a whole case compared with its page (KTBM1, KTBM2)
    DIFFER = "differ"  # a checker reads a field differently; it stays as it is until it is settled
    ADJUDICATE = "adjudicate"
    REVERSE = "reverse"  # of somebody's decision, with ``undoes_id``


FIELD_ACTIONS = (
    Action.ACCEPT,
    Action.TAKE_CANDIDATE,
    Action.CORRECT,
    Action.BLANK,
    Action.ILLEGIBLE,
    Action.UNCERTAIN,
)
ENTERED_BY = (*FIELD_ACTIONS, Action.ADJUDICATE)
"""After these, what stands in a field is this person's word."""
WORKED_BY = (*ENTERED_BY, Action.SEND, Action.DIFFER, Action.CHECK_CASE)
"""Who did one of these in a case neither checks nor approves it."""


class Level(StrEnum):
    """How far up a unit stands."""

    PROVINCE = "province"
    DISTRICT = "district"
    COMMUNE = "commune"


class Role(StrEnum):
    """Whose account it is; what each may do stands in ``models.duties``."""

    SCANNER = "scanner"
    KEYER = "keyer"
    CHECKER_1 = "checker_1"
    CHECKER_2 = "checker_2"
    ADJUDICATOR = "adjudicator"
    APPROVER = "approver"
    INSPECTOR = "inspector"
    ADMINISTRATOR = "administrator"
