"""What holds for all tests: nothing is drawn for a check of quality unless a test asks for it."""

import os

os.environ.setdefault("HOTICH_SAMPLE_SHARE", "0")
os.environ.setdefault("HOTICH_KNOWN_SHARE", "0")
