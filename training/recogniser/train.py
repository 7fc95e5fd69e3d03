"""``python -m training.recogniser.train``: train the recogniser, or go on from given weights.

Lines are drawn in worker processes while the network trains; each batch is used twice, under other light
and grain. To go on from weights that know real handwriting, on lines that are mostly drawn: hold the first
stages and all norms (``--freeze stem --freeze a --hold-norms``), take a low rate (1.5e-4), stay near what the
weights say (``--stay 0.5``), and mix the states afterwards (``training.recogniser.export --before``).

Needs PyTorch (the extra ``recogniser``); an accelerator where there is one, the CPU otherwise.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import torch
import typer
from torch import nn
from torch.nn import functional

from training.recogniser.batches import Batch, Mixture, batches, jobs
from training.recogniser.hands import Faces
from training.recogniser.model import STAGES, Recogniser, load_state, normalised, save_state

WARM_UP = 100
LEAST_SHARE = 0.02
"""Of the highest learning rate, what is left at the end."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How to train.

    Over ``seconds`` the learning rate falls from ``rate`` along a cosine. ``freeze`` names stages that stay
    as they are; ``hold_norms`` keeps the statistics of all norms. ``stay`` weighs the divergence from what
    the weights given said of the same frames; 0 leaves it out. A batch is used ``echo`` times. ``average`` is
    the decay of the averaged weights.
    """

    seconds: float
    rate: float
    freeze: tuple[str, ...] = ()
    hold_norms: bool = False
    stay: float = 0.0
    echo: int = 2
    average: float = 0.999
    seed: int = 1

    def rate_at(self, passed: float, step: int) -> float:
        """Learning rate after so many seconds and steps."""
        cosine = 0.5 * (1 + math.cos(math.pi * min(1.0, passed / self.seconds)))
        return self.rate * min(1.0, (step + 1) / WARM_UP) * (LEAST_SHARE + (1 - LEAST_SHARE) * cosine)


class Trainer:
    """A network in training, its average over the last steps, and the network that it started from."""

    def __init__(self, plan: Plan, weights: Path | None) -> None:
        torch.manual_seed(plan.seed)
        self.plan = plan
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.network, self.averaged, self.first = (Recogniser().to(self.device) for _ in range(3))
        if weights is not None:
            self.network.load_state_dict(load_state(weights))
        for twin in (self.averaged, self.first):
            twin.load_state_dict(self.network.state_dict())
            twin.eval().requires_grad_(False)
        for name in plan.freeze:
            getattr(self.network, name).requires_grad_(False)
        trained = [p for p in self.network.parameters() if p.requires_grad]
        self.optimiser = torch.optim.AdamW(trained, lr=plan.rate, weight_decay=0.02)
        self.step = 0

    def learn(self, batch: Batch, passed: float) -> float:
        """One step on one batch; its loss in nats a line."""
        self._mode()
        for group in self.optimiser.param_groups:
            group["lr"] = self.plan.rate_at(passed, self.step)
        x = normalised(self._lit(torch.from_numpy(batch.images).to(self.device).float() / 255))
        with torch.autocast(self.device, torch.bfloat16, enabled=self.device == "cuda"):
            logits = self.network(x)
        spoken = logits.float().log_softmax(-1)
        loss = self._ctc(spoken, batch)
        if self.plan.stay:
            loss = loss + self.plan.stay * self._astray(spoken, x, batch)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), 5.0)
        self.optimiser.step()
        self.step += 1
        self._average()
        return float(loss.detach())

    def _mode(self) -> None:
        self.network.train()
        for name in self.plan.freeze:
            getattr(self.network, name).eval()
        if self.plan.hold_norms:
            for part in self.network.modules():
                if isinstance(part, nn.BatchNorm2d):
                    part.eval()

    def _lit(self, x: Any) -> Any:
        """Other light, contrast and grain for each line."""
        shape = (x.shape[0], 1, 1, 1)
        gamma = torch.empty(shape, device=self.device).uniform_(0.6, 1.6)
        gain = torch.empty(shape, device=self.device).uniform_(0.75, 1.1)
        grain = torch.empty(shape, device=self.device).uniform_(0, 0.05)
        return x.clamp(1e-3, 1) ** gamma * gain + torch.randn_like(x) * grain

    def _ctc(self, spoken: Any, batch: Batch) -> Any:
        lengths = torch.from_numpy(batch.lengths)
        labels = torch.from_numpy(batch.labels).to(self.device)
        frames = torch.from_numpy(batch.frames).clamp(max=spoken.shape[1])
        losses = functional.ctc_loss(
            spoken.transpose(0, 1), labels, frames, lengths, reduction="none", zero_infinity=True
        )
        return (losses / lengths.to(self.device)).mean()

    def _astray(self, spoken: Any, x: Any, batch: Batch) -> Any:
        """Mean divergence from the first network over the frames that lines fill."""
        with torch.no_grad(), torch.autocast(self.device, torch.bfloat16, enabled=self.device == "cuda"):
            before = self.first(x).float().log_softmax(-1)
        filled = torch.arange(spoken.shape[1])[None] < torch.from_numpy(batch.frames)[:, None]
        frames = (before.exp() * (before - spoken)).sum(-1)
        return frames[filled.to(self.device)].mean()

    def _average(self) -> None:
        decay = min(self.plan.average, (self.step + 10) / (self.step + 100))
        with torch.no_grad():
            for slow, fast in zip(self.averaged.parameters(), self.network.parameters(), strict=True):
                slow.lerp_(fast, 1 - decay)
            for slow, fast in zip(self.averaged.buffers(), self.network.buffers(), strict=True):
                slow.copy_(fast)


def train(trainer: Trainer, source: Iterator[Batch], report: float = 30.0) -> None:
    """Train for as long as the plan says, with a line of progress every ``report`` seconds."""
    start, said, smooth, lines = time.monotonic(), 0.0, 0.0, 0
    for batch in source:
        for _ in range(trainer.plan.echo):
            loss = trainer.learn(batch, time.monotonic() - start)
            smooth = loss if not smooth else 0.98 * smooth + 0.02 * loss
            lines += len(batch.lengths)
        passed = time.monotonic() - start
        if passed - said >= report:
            said = passed
            print(
                f"{passed:.0f} s, step {trainer.step}, loss {smooth:.4f}, {lines / passed:.0f} lines/s",
                flush=True,
            )
        if passed >= trainer.plan.seconds:
            return


def main(
    out: Annotated[Path, typer.Option(help="Where to keep the trained weights.")],
    minutes: Annotated[float, typer.Option(help="How long to train.")],
    weights: Annotated[Path | None, typer.Option(help="Weights to go on from.")] = None,
    rate: Annotated[float, typer.Option(help="Highest learning rate; 1.2e-3 from nothing.")] = 1.5e-4,
    freeze: Annotated[list[str] | None, typer.Option(help=f"Stage to hold, of {', '.join(STAGES)}.")] = None,
    hold_norms: Annotated[bool, typer.Option(help="Keep the statistics of all norms.")] = False,
    stay: Annotated[float, typer.Option(min=0, help="Weight of staying near the first weights.")] = 0.0,
    hand: Annotated[list[Path] | None, typer.Option(help="Handwriting fonts: files or folders.")] = None,
    typewriter: Annotated[list[Path] | None, typer.Option(help="Typewriter fonts.")] = None,
    printed: Annotated[list[Path] | None, typer.Option(help="Print fonts.")] = None,
    real: Annotated[list[Path] | None, typer.Option(help="Folders of real labelled lines.")] = None,
    crops: Annotated[float, typer.Option(min=0, max=1, help="Share of drawn jobs cut from pages.")] = 0.45,
    processes: Annotated[int, typer.Option(min=0, help="Processes that draw; 0 draws in this one.")] = 0,
    pixels: Annotated[int, typer.Option(help="Columns of a batch's lines together.")] = 128_000,
    seed: Annotated[int, typer.Option(help="Of all chance.")] = 1,
) -> None:
    """Train the recogniser."""
    unknown = set(freeze or ()) - set(STAGES)
    if unknown:
        raise typer.BadParameter(f"--freeze is one of {', '.join(STAGES)}.")
    faces = Faces.found(hand or (), typewriter or (), printed or ())
    mixture = Mixture(faces, crops=crops, real=tuple(real or ()))
    plan = Plan(minutes * 60, rate, tuple(freeze or ()), hold_norms, stay, seed=seed)
    trainer = Trainer(plan, weights)
    train(trainer, batches(jobs(mixture, seed, processes), seed, pixels))
    save_state(trainer.averaged.state_dict(), out)
    print(f"{trainer.step} steps; weights in {out}")


if __name__ == "__main__":
    typer.run(main)
