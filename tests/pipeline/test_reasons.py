"""Every code has a sentence for people, in both languages."""

from __future__ import annotations

import pytest

from pipeline.reasons import Reason, describe
from pipeline.wording import use_language


@pytest.mark.parametrize("code", list(Reason))
def test_each_code_has_a_sentence_in_both_languages(code: Reason) -> None:
    vietnamese = describe(code)
    with use_language("en"):
        english = describe(code)
    assert vietnamese.endswith(".")
    assert english.endswith(".")
    assert vietnamese != english
    assert code not in vietnamese


def test_sentences_tell_the_codes_apart() -> None:
    assert len({describe(code) for code in Reason}) == len(Reason)


def test_a_code_of_another_version_is_shown_not_swallowed() -> None:
    assert "future_doubt" in describe("future_doubt")
