"""``hotich station``: the whole station, or one part of it where a service manager runs the parts."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.terminal import fail, settings_or_fail, tell
from flows.parts import Part
from pipeline.wording import say

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.supervisor import Supervisor
    from models.settings import Settings


def station(
    part: Annotated[
        Part | None,
        typer.Argument(help=say("Chỉ chạy một phần, khi systemd hay chương trình khác quản lý từng phần.")),
    ] = None,
) -> None:
    """Run the station until it is told to end: all of it, or the one part that is named."""
    settings = settings_or_fail()
    if part is not None:
        run_part(part, settings)
    tell(say("Đang khởi động trạm ở {home} …", home=settings.home))
    with started(settings) as supervisor:
        show_addresses(settings)
        supervisor.watch()


def run_part(part: Part, settings: Settings) -> None:
    """Become the process of that part; does not come back."""
    from flows.environment import station_environment
    from flows.parts import program_of
    from models.store import Store

    Store.open(settings).close()
    command = program_of(part).command
    os.execve(command[0], list(command), station_environment(settings))  # noqa: S606 - our own program


@contextmanager
def started(settings: Settings) -> Iterator[Supervisor]:
    """A running station that ends when the process is told to, and in any case with the block."""
    from flows.station import StationError, running_station

    def end(*_signal: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)  # as Ctrl-C: both may come while the station starts
    runs = False
    try:
        with running_station(settings) as supervisor:
            runs = True
            yield supervisor
    except StationError as error:
        fail(str(error))
    except KeyboardInterrupt:
        if not runs:
            fail(say("Đã dừng trước khi trạm khởi động xong."))
    finally:
        signal.signal(signal.SIGTERM, before)
    tell(say("Trạm đã dừng."))


def show_addresses(settings: Settings) -> None:
    """Say where the station can be seen and where scans go."""
    from flows.environment import prefect_url, review_url
    from flows.secret_files import prefect_login_file

    tell(say("Thư mục nhận tệp quét: {path}", path=settings.inbox))
    tell(say("Trang soát xét:        {url}", url=review_url(settings)))
    tell(say("Trang của Prefect:     {url}", url=prefect_url(settings)))
    tell(say("  (mật khẩu của Prefect ở trong {path})", path=prefect_login_file(settings)))
    if not _has_accounts(settings):
        tell(say("Chưa có tài khoản nào; hãy thêm: hotich user add TÊN --role administrator"))
    tell(say("Bấm Ctrl-C để dừng."))


def _has_accounts(settings: Settings) -> bool:
    from sqlalchemy import select

    from models.store import Store
    from models.tables import User

    store = Store.open(settings)
    with store.read() as session:
        found = session.scalar(select(User.id).limit(1))
    store.close()
    return found is not None
