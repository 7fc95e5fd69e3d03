"""``python -m training.recogniser.export``: trained weights -> the float network, and mixtures of states.

Needs PyTorch and ONNX (the extra ``recogniser``); ``training.recogniser.quantise`` then brings it to 8 bits.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import torch
import typer

from training.recogniser.labels import charset
from training.recogniser.model import Deployed, Recogniser, State, load_state, mixed, save_state

OPSET = 17


def export(state: State, folder: Path) -> None:
    """Write ``recogniser.onnx`` and ``charset.txt``, as ``pipeline.recognise.handwriting`` loads them."""
    network = Recogniser()
    network.load_state_dict(state)
    folder.mkdir(parents=True, exist_ok=True)
    # The tracing exporter: it keeps the LSTM as one node, which ONNX Runtime runs and quantises well.
    torch.onnx.export(
        Deployed(network).eval(),
        (torch.full((1, 1, 48, 320), 200.0),),
        str(folder / "recogniser.onnx"),
        input_names=["lines"],
        output_names=["logprobs"],
        dynamic_axes={"lines": {0: "batch", 3: "width"}, "logprobs": {0: "batch", 1: "frames"}},
        opset_version=OPSET,
        dynamo=False,
    )
    (folder / "charset.txt").write_text(charset(), encoding="utf-8")


def main(
    weights: Annotated[Path, typer.Option(help="Trained weights.")],
    out: Annotated[Path, typer.Option(help="Folder to write the network to.")],
    before: Annotated[Path | None, typer.Option(help="Weights before training, to be mixed in.")] = None,
    share: Annotated[
        float, typer.Option(min=0, max=1, help="Share of the trained weights in the mix.")
    ] = 0.7,
    keep: Annotated[Path | None, typer.Option(help="Where to keep the mixed weights.")] = None,
) -> None:
    """Export a network."""
    state = load_state(weights)
    if before is not None:
        state = mixed(load_state(before), state, share)
    if keep is not None:
        save_state(state, keep)
    export(state, out)
    print(f"{out / 'recogniser.onnx'} is written")


if __name__ == "__main__":
    typer.run(main)
