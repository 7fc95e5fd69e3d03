"""Settings of a station: everything a person may change, from the environment, with working defaults.

A station keeps all it has under one folder, ``home``. Each setting is read from ``HOTICH_<NAME>``, for
example ``HOTICH_HOME=/srv/hotich`` or ``HOTICH_DATABASE_URL=postgresql+psycopg://…`` in a province.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from models.shifts import parse_shifts

PRIVATE_FOLDER = 0o700  # scans and the database are personal data: nobody else on the machine reads them


class Settings(BaseSettings):
    """The settings of one station. Frozen: a process reads them once when it starts."""

    model_config = SettingsConfigDict(env_prefix="HOTICH_", frozen=True, extra="ignore")

    home: Path = Field(default=Path("station"), description="Thư mục chứa toàn bộ dữ liệu của trạm")
    database_url: str = Field(
        default="",
        repr=False,
        description="Địa chỉ cơ sở dữ liệu; để trống thì dùng SQLite trong thư mục của trạm",
    )
    office: str = Field(default="", description="Cơ quan đăng ký hộ tịch khi tên thư mục sổ không ghi")
    review_host: str = Field(default="127.0.0.1", description="Địa chỉ của trang soát xét")
    review_port: int = Field(default=8420, ge=1, le=65535, description="Cổng của trang soát xét")
    review_processes: int = Field(
        default=0,
        ge=0,
        description="Số tiến trình của trang soát xét (0: SQLite một, PostgreSQL mỗi nhân CPU một, tối đa 4)",
    )
    prefect_port: int = Field(default=4200, ge=1, le=65535, description="Cổng của máy chủ Prefect")
    language: Literal["vi", "en"] = Field(default="vi", description="Ngôn ngữ của chương trình")
    processes: int = Field(
        default_factory=lambda: os.cpu_count() or 1, ge=1, description="Số tiến trình đọc trang cùng lúc"
    )
    quiet_seconds: float = Field(
        default=20.0,
        gt=0,
        description="Thư mục sổ coi là đủ khi không đổi trong từng này giây (hoặc có tệp _READY)",
    )
    load_seconds: float = Field(
        default=60.0,
        ge=5,
        description="Bao nhiêu giây thì nạp các trường hợp đã duyệt vào cơ sở dữ liệu hộ tịch",
    )
    rescan_seconds: float = Field(
        default=60.0, gt=0, description="Bao nhiêu giây thì tìm lại các trang còn chờ đọc"
    )
    chunk_pages: int = Field(default=10, ge=1, description="Số trang mỗi lượt đọc")
    lease_seconds: int = Field(
        default=300, ge=1, description="Thời gian giữ một trang hoặc một việc soát xét (giây)"
    )
    max_attempts: int = Field(default=3, ge=1, description="Số lần thử đọc một trang trước khi báo hỏng")
    max_pages_per_file: int = Field(default=400, ge=1, description="Số trang tối đa của một tệp")
    max_pixels: int = Field(default=200_000_000, ge=1, description="Số điểm ảnh tối đa của một trang")
    max_bytes: int = Field(default=500_000_000, ge=1, description="Kích thước tối đa của một tệp (byte)")
    pdf_bytes: int = Field(
        default=100_000, ge=20_000, description="Kích thước nhắm tới của tệp PDF mỗi trang A4 khi xuất (byte)"
    )
    unknown_date: str = Field(
        default="0000-00-00",
        pattern=r"^[0-9A-Za-z-]+$",
        description="Phần ngày trong tên tệp PDF khi không rõ ngày đăng ký",
    )

    type_order: str = Field(
        default="KS,KH,KT,CN",
        pattern=r"^[A-Z]{2}(,[A-Z]{2})*$",
        description="Thứ tự ưu tiên của các loại sổ khi xếp việc soát xét",
    )
    sample_share: float = Field(
        default=0.02,
        ge=0,
        le=1,
        description="Phần các mục đã xong được rút ngẫu nhiên cho người khác kiểm tra (0 là không rút)",
    )
    # Keying takes several times as long as a glance at what was read; a quarter tells what the glance misses.
    unseen_share: float = Field(
        default=0.25,
        ge=0,
        le=1,
        description="Phần của mẫu kiểm tra được nhập mà không cho xem chữ máy đọc",
    )
    known_share: float = Field(
        default=0.01,
        ge=0,
        le=0.1,
        description="Phần việc soát xét là mục đã biết đáp án, để đo người soát xét (0 là không xen)",
    )
    people_target: float = Field(
        default=0.01, gt=0, lt=1, description="Tỷ lệ lỗi tối đa của người nhập, dùng khi kiểm tra mẫu"
    )
    checks: int = Field(
        default=0,
        ge=0,
        le=2,
        description="Bao nhiêu lần kiểm tra cả trường hợp trước khi duyệt (0, 1 là KTBM1, 2 là thêm KTBM2)",
    )
    first_cases: int = Field(
        default=0, ge=0, description="Bao nhiêu trường hợp đầu của mỗi sổ thì người xem mọi mục"
    )

    shifts: str = Field(
        default="06-12,12-17,17-22",
        description="Giờ của từng ca theo đồng hồ của trạm; để trống là không chia ca",
    )

    @field_validator("shifts")
    @classmethod
    def _hours(cls, shifts: str) -> str:
        parse_shifts(shifts)
        return shifts

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        # Child processes start in other folders; the station must stay the same one.
        return home.expanduser().absolute()

    @property
    def url(self) -> str:
        """Address of the database: ``database_url``, or the SQLite file of the station."""
        return self.database_url or f"sqlite:///{self.home / 'hotich.db'}"

    @property
    def types_in_order(self) -> tuple[str, ...]:
        """Types of registers, the most urgent first."""
        return tuple(self.type_order.split(","))

    @property
    def inbox(self) -> Path:
        """One folder per book, into which the scanner drops files."""
        return self.home / "inbox"

    @property
    def rejected(self) -> Path:
        """Refused files, each with a ``.txt`` that says why."""
        return self.home / "rejected"

    @property
    def store(self) -> Path:
        """Scan originals, named by the SHA-256 of their bytes."""
        return self.home / "store"

    @property
    def pages(self) -> Path:
        """Upright page images, ``<page id>.jpg``."""
        return self.home / "pages"

    @property
    def cuts(self) -> Path:
        """Pictures of fields that wait for people, ``<page id>.zip``; made again where they are missing."""
        return self.home / "cuts"

    @property
    def exports(self) -> Path:
        """Finished export packages."""
        return self.home / "exports"

    @property
    def forms(self) -> Path:
        """Form files of the station's own, beside those of the program."""
        return self.home / "forms"

    @property
    def prefect(self) -> Path:
        """Prefect's own files (``PREFECT_HOME``)."""
        return self.home / "prefect"

    @property
    def secrets(self) -> Path:
        """Session key and passwords, readable by the owner only."""
        return self.home / "secrets"

    @property
    def confidence(self) -> Path:
        """Weights fitted on this station's own checks; the shipped ones count while it is not there."""
        return self.home / "confidence.json"

    def prepare(self) -> None:
        """Make the folders of the station that do not exist yet, closed to other accounts of the machine."""
        self.home.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
        for folder in (
            self.inbox, self.rejected, self.store, self.pages, self.cuts, self.exports, self.prefect,
            self.secrets,
        ):  # fmt: skip
            folder.mkdir(exist_ok=True, mode=PRIVATE_FOLDER)

    def scan_path(self, sha256: str, suffix: str) -> Path:
        """Where the original of a scan is kept."""
        return self.store / f"{sha256}{suffix}"

    def page_path(self, page_id: int) -> Path:
        """Where the upright image of a page is kept."""
        return self.pages / f"{page_id}.jpg"

    def cuts_path(self, page_id: int) -> Path:
        """Where pictures of the fields of a page are kept that were cut when it was read."""
        return self.cuts / f"{page_id}.zip"

    def inside(self, path: Path) -> str:
        """The path as the database keeps it: relative where it lies in ``home``, for a station may move."""
        absolute = path.absolute()
        return str(absolute.relative_to(self.home) if absolute.is_relative_to(self.home) else absolute)

    def outside(self, kept: str) -> Path:
        """The way back of ``inside``."""
        return self.home / kept
