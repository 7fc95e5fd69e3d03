"""``hotich demo``: the sample's whole way, with progress and a summary."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.station import show_addresses, started
from flows.commands.terminal import fail, settings_or_fail, tell
from pipeline.wording import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from flows.sample import Outcome
    from models.overview import Progress
    from models.settings import Settings
    from models.store import Store


def demo(
    once: Annotated[
        bool, typer.Option("--once", help=say("Xong thì dừng, không để lại gì đang chạy."))
    ] = False,
) -> None:
    """Run the sample through a station of its own; exit code 0 only if every page ended as it should."""
    from flows.demo import ACCOUNTS, add_accounts, demo_settings, make_fresh
    from flows.sample import judge
    from flows.secret_files import prefect_login
    from flows.station import StationError
    from models.store import Store

    try:
        settings = demo_settings(settings_or_fail())
        make_fresh(settings)
    except StationError as error:
        fail(str(error))
    tell(say("Đang khởi động trạm chạy thử ở {home} …", home=settings.home))
    ended = False
    outcome: Outcome | None = None
    with started(settings) as supervisor:
        store = Store.open(settings)
        add_accounts(store)
        began = time.monotonic()
        ended = _read_sample(settings, store, supervisor.look)
        seconds = time.monotonic() - began
        outcome = judge(store)
        store.close()
        show_outcome(outcome, seconds)
        if not once:
            show_addresses(settings)
            tell(say("Tài khoản Prefect: {login}", login=prefect_login(settings)))
            for account in ACCOUNTS:
                tell(
                    say(
                        "Tài khoản chạy thử: {name} / {password} ({role})",
                        name=account.name,
                        password=account.password,
                        role=say(account.display_name),
                    )
                )
            supervisor.watch()
    if not ended or outcome is None or outcome.wrong_ends:
        fail(say("Có trang mẫu không kết thúc đúng trạng thái."))


def _read_sample(settings: Settings, store: Store, look: Callable[[], None]) -> bool:
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    from flows.demo import drop_sample, follow
    from flows.sample import expected_files

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns) as bars:
        tasks = {}
        for folder in sorted({file.folder for file in expected_files()}):
            pages = sum(len(file.pages) for file in expected_files() if file.folder == folder)
            tasks[folder] = bars.add_task(folder, total=pages)

        def show(folder: str, done: Progress) -> None:
            bars.update(
                tasks[folder], completed=done.pages_read + done.pages_failed, total=max(1, done.pages_total)
            )

        drop_sample(settings.inbox)
        return follow(store, show, look)


def show_outcome(outcome: Outcome, seconds: float) -> None:
    """Print the summary table, and what did not end as it should."""
    from rich.console import Console
    from rich.table import Table

    from models.states import FieldState
    from pipeline.reasons import describe

    table = Table(title=say("Kết quả chạy thử"), show_header=False)
    fields, tally = outcome.fields, outcome.tally
    rows = [
        (say("Tệp đưa vào"), str(outcome.files)),
        (say("Tệp được nhận"), str(outcome.scans)),
        *((say("Tệp bị từ chối"), f"{name}: {describe(reason)}") for name, reason in outcome.refused),
        (say("Trang"), str(outcome.pages)),
        (say("Trường hợp đăng ký"), str(outcome.cases)),
        (say("Mục máy tự chấp nhận"), str(fields[FieldState.ACCEPTED])),
        (say("Mục chờ người xem"), str(fields[FieldState.FLAGGED])),
        (say("Mục để trống trong sổ"), str(fields[FieldState.BLANK])),
        (say("Mục đọc đúng, trước soát xét"), _share(tally.right, tally.fields)),
        (say("… đúng từng ký tự"), _share(tally.letter_for_letter, tally.fields)),
        (say("Mục sai trong số máy tự chấp nhận"), _share(tally.accepted_wrong, tally.accepted)),
        (say("Thời gian CPU mỗi trang"), f"{outcome.cpu_seconds:.2f} s"),
        (say("Thời gian thực mỗi trang"), f"{seconds / max(1, outcome.pages):.2f} s"),
        (say("Thời gian cả mẫu"), f"{seconds:.0f} s"),
        (say("Bộ nhớ lớn nhất của một tiến trình đọc"), f"{outcome.peak_mib} MiB"),
    ]
    for name, value in rows:
        table.add_row(name, value)
    console = Console()
    console.print(table)
    for wrong in outcome.wrong_ends:
        console.print(say("Sai trạng thái: {wrong}", wrong=wrong), markup=False)


def _share(part: int, whole: int) -> str:
    share = part / whole if whole else 0.0
    return f"{part} / {whole} ({share:.1%})"
