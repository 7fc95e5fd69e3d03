"""Read line images with asterocr; run by the Python of its own environment (``bench.beside``).

Paths come in by standard input, one a line; out goes a JSON object a line: the text and the CPU seconds.
"""

import json
import os
import sys
import time

os.environ["OMP_NUM_THREADS"] = "1"


def main() -> None:
    """Read every image that standard input names."""
    from asterocr import AsterOCR  # type: ignore[import-not-found]  # only its own environment has it

    engine = AsterOCR(enable_telemetry=False)
    for line in sys.stdin:
        started = time.process_time()
        text = engine.predict(line.strip())
        answer = {"text": text, "seconds": time.process_time() - started}
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
