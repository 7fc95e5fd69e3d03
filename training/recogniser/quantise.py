"""``python -m training.recogniser.quantise``: the float network -> 8 bits, for less than half the CPU time.

Convolutions and the sums between their blocks are quantised statically: weights by channel, activations in 8
bits over the ranges that drawn lines showed, each ReLU with the convolution before it. Weights take 7 bits of
the 8, so that sums of two products stay within the 16 bits that processors without VNNI add in; those of
depthwise convolutions, which are added in 32 bits, take all 8: they would lose most. All from the first sum
on is in 8 bits then, and nothing goes to float and back, which took a third of the time. The first
convolution, which sees the picture, stays in float. The recurrent layers and the last one get 8-bit weights
and measure their activations as they run. Ranges come from drawn lines alone, never from a set that judges
the network; they are moving averages of the lines' least and greatest values, for one odd line would make
all steps coarser: on other drawn lines that brings what is read a third nearer to the float network's.
"""

from __future__ import annotations

import random
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import typer

from pipeline.recognise.handwriting import padded_line
from training.recogniser.hands import Faces
from training.recogniser.line import draw_line
from training.recogniser.text import make_text

Input = npt.NDArray[np.float32]
SHORTEST = 8
"""Characters of a line that ranges are measured on, at least."""


def calibration_lines(faces: Faces, count: int, seed: int = 5) -> list[Input]:
    """Drawn lines as the network takes them: float32 (1, 1, 48, columns), grey 0..255.

    Args:
        faces: fonts to draw with.
        count: how many.
        seed: of all chance.
    """
    rng = random.Random(f"calibration {seed}")
    lines: list[Input] = []
    while len(lines) < count:
        text = make_text(rng)
        # A stroke alone on white paper is the extreme of what normalising gives: it would widen every range.
        if len(text) >= SHORTEST:
            lines.append(padded_line(draw_line(text, faces, rng)[0]).astype(np.float32)[None, None])
    return lines


class _Reader:
    """Hands the lines to ONNX Runtime's calibration one after another."""

    def __init__(self, lines: Sequence[Input]) -> None:
        self._left = iter(lines)

    def get_next(self) -> dict[str, Input] | None:
        line = next(self._left, None)
        return None if line is None else {"lines": line}


def quantise(source: Path, target: Path, lines: Sequence[Input]) -> None:
    """Write the 8-bit twin of a float network.

    Args:
        source: the float network, an ONNX file.
        target: where to write.
        lines: what the ranges of activations are measured on.

    Raises:
        ModuleNotFoundError: without the package ``onnx`` (the extra ``recogniser``).
    """
    import onnx
    from onnxruntime import quantization
    from onnxruntime.quantization.shape_inference import quant_pre_process

    with tempfile.TemporaryDirectory() as folder:
        prepared, static = Path(folder) / "prepared.onnx", Path(folder) / "static.onnx"
        quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
        nodes = onnx.load(str(prepared)).graph.node
        convolutions = [node for node in nodes if node.op_type == "Conv"]
        convolved = {node.output[0] for node in convolutions}
        others = [node for node in nodes if node.op_type == "Add" and not convolved & set(node.input)]
        kept = {node.name for node in (convolutions[0], *others)}
        in_8_bits = {"axis": 0, "quant_type": quantization.QuantType.QInt8, "reduce_range": False}
        depthwise = [node.input[1] for node in convolutions if _groups(node) > 1]
        quantization.quantize_static(
            str(prepared),
            str(static),
            _Reader(lines),
            quant_format=quantization.QuantFormat.QDQ,
            per_channel=True,
            reduce_range=True,
            activation_type=quantization.QuantType.QUInt8,
            weight_type=quantization.QuantType.QInt8,
            op_types_to_quantize=["Conv", "Add", "Relu"],
            nodes_to_exclude=sorted(kept),
            calibrate_method=quantization.CalibrationMethod.MinMax,
            extra_options={
                "ActivationSymmetric": False,
                "CalibMovingAverage": True,
                "TensorQuantOverrides": {weights: [in_8_bits | {"symmetric": True}] for weights in depthwise},
            },
        )
        quantization.quantize_dynamic(
            str(static),
            str(target),
            weight_type=quantization.QuantType.QInt8,
            op_types_to_quantize=["MatMul", "LSTM", "Gemm"],
        )


def _groups(node: Any) -> int:
    """Groups of a convolution node: over 1 where it is depthwise."""
    return next((int(item.i) for item in node.attribute if item.name == "group"), 1)


def main(
    model: Annotated[Path, typer.Option(help="Folder of the float network: recogniser.onnx, charset.txt.")],
    out: Annotated[Path, typer.Option(help="Folder to write the 8-bit one to.")],
    hand: Annotated[
        list[Path] | None, typer.Option(help="Handwriting fonts: files or folders; may be repeated.")
    ] = None,
    lines: Annotated[int, typer.Option(min=1, help="Drawn lines to measure ranges on.")] = 600,
    seed: Annotated[int, typer.Option(help="The same seed gives the same network.")] = 5,
) -> None:
    """Quantise a recogniser."""
    out.mkdir(parents=True, exist_ok=True)
    quantise(
        model / "recogniser.onnx",
        out / "recogniser.onnx",
        calibration_lines(Faces.found(hand or ()), lines, seed),
    )
    shutil.copy(model / "charset.txt", out / "charset.txt")
    size = (out / "recogniser.onnx").stat().st_size / 1e6
    print(f"{out / 'recogniser.onnx'}: {size:.1f} MB")


if __name__ == "__main__":
    typer.run(main)
