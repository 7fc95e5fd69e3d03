"""The printed page that the looks for missing labels are tested on, read once a module."""

from __future__ import annotations

import pytest

from tests.pipeline.forms.printed import Printed, print_page


@pytest.fixture(scope="module")
def printed() -> Printed:
    return print_page()
