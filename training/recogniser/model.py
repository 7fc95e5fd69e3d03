"""The network: convolutions over a line 48 rows high, two bidirectional LSTM layers, a class for each frame.

Its parts bear the names under which the given weights are kept. It needs PyTorch (the extra ``recogniser``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import nn

from training.recogniser.labels import charset

CHANNELS = (32, 96, 176, 256)
DEPTHS = (3, 5, 4)
FEATURES = 384
HIDDEN = 256
STAGES = ("stem", "a", "b", "c")
"""Stages of convolutions from the picture on, by the names of their parts."""
State = dict[str, Any]


class _Block(nn.Module):
    """A residual block: a wide depthwise convolution, then two pointwise ones."""

    def __init__(self, channels: int, kernel: int = 5, grow: int = 3) -> None:
        super().__init__()
        self.dw = nn.Sequential(
            nn.Conv2d(channels, channels, kernel, padding=kernel // 2, groups=channels, bias=False),
            nn.BatchNorm2d(channels),
        )
        self.pw = nn.Sequential(
            nn.Conv2d(channels, channels * grow, 1),
            nn.ReLU(inplace=True),
            nn.Conv2d(channels * grow, channels, 1, bias=False),
            nn.BatchNorm2d(channels),
        )

    def forward(self, x: Any) -> Any:
        return x + self.pw(self.dw(x))


def _down(before: int, after: int, stride: int | tuple[int, int]) -> Any:
    """A convolution that may halve rows and columns."""
    return nn.Sequential(
        nn.Conv2d(before, after, 3, stride=stride, padding=1, bias=False),
        nn.BatchNorm2d(after),
        nn.ReLU(inplace=True),
    )


class Recogniser(nn.Module):
    """Normalised lines float (lines, 1, 48, columns) -> logits (lines, columns / 4, classes)."""

    def __init__(self, drop: float = 0.1) -> None:
        super().__init__()
        one, two, three, four = CHANNELS
        self.stem = nn.Sequential(_down(1, one, 1), _down(one, one, 2), _down(one, two, 2))
        self.a = nn.Sequential(*(_Block(two) for _ in range(DEPTHS[0])), _down(two, three, (2, 1)))
        self.b = nn.Sequential(*(_Block(three) for _ in range(DEPTHS[1])), _down(three, four, (2, 1)))
        self.c = nn.Sequential(
            *(_Block(four) for _ in range(DEPTHS[2])),
            nn.Conv2d(four, FEATURES, (3, 1), bias=False),
            nn.BatchNorm2d(FEATURES),
            nn.ReLU(inplace=True),
        )
        self.drop = nn.Dropout(drop)
        self.rnn = nn.LSTM(FEATURES, HIDDEN, 2, bidirectional=True, batch_first=True, dropout=drop)
        self.head = nn.Linear(2 * HIDDEN, len(charset()) + 1)

    def forward(self, x: Any) -> Any:
        """Logits of normalised lines."""
        columns = self.c(self.b(self.a(self.stem(x)))).squeeze(2).transpose(1, 2)
        states, _ = self.rnn(self.drop(columns))
        return self.head(self.drop(states))


class Deployed(nn.Module):
    """The network as the pipeline calls it: grey 0..255 -> natural log-probabilities."""

    def __init__(self, network: Recogniser) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Any) -> Any:
        """Log-probabilities of grey lines."""
        return self.network(normalised(x / 255.0)).log_softmax(-1)


def normalised(x: Any) -> Any:
    """Lines 0..1 with each line's own mean taken away, over its own spread."""
    mean = x.mean((2, 3), keepdim=True)
    spread = ((x - mean) ** 2).mean((2, 3), keepdim=True).sqrt()
    return (x - mean) / (spread + 0.05)


def load_state(path: Path) -> State:
    """Weights from a file, in full precision on the CPU."""
    state = torch.load(path, map_location="cpu", weights_only=True)
    return {name: value.float() if value.is_floating_point() else value for name, value in state.items()}


def save_state(state: State, path: Path) -> None:
    """Keep weights in half precision: 13 MB."""
    torch.save(
        {name: value.half() if value.is_floating_point() else value for name, value in state.items()}, path
    )


def mixed(old: State, new: State, share: float) -> State:
    """Weights between two states of one line of training: 0 gives the old, 1 the new.

    The middle of two such states mostly keeps what either knows (Wortsman et al., 2022: Robust fine-tuning of
    zero-shot models).
    """
    return {
        name: (1 - share) * value + share * new[name] if value.is_floating_point() else new[name]
        for name, value in old.items()
    }
