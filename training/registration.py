"""Made-up birth registrations: every value of one entry, consistent with itself and with its book."""

from __future__ import annotations

import datetime
import random
import unicodedata
from dataclasses import dataclass, replace

from training.dates import DateStyle, figures, parts, words
from training.people import Person, any_group, as_written, make_person
from training.places import AddressStyle, Unit, family_seat, home_unit, hospital, written

_RELATIONS_M = ("Cha", "Cha", "Cha đẻ", "Cha ruột", "Ông nội", "Ông ngoại", "Chú ruột")
_RELATIONS_F = ("Mẹ", "Mẹ", "Mẹ đẻ", "Mẹ ruột", "Bà nội", "Bà ngoại", "Cô ruột", "Dì ruột")
_TITLES = (
    "Chủ tịch",
    "Phó Chủ tịch",
    "Phó Chủ tịch UBND {kind}",
    "Chủ tịch UBND {kind}",
    "P. Chủ tịch",
    "PCT UBND {kind}",
)
_NOTES = (
    "Đã cấp 02 bản sao", "Cấp bản sao lần 2", "Đã cấp bản sao", "Cấp 03 bản sao", "Bổ sung dân tộc",
    "Sửa chữ đệm theo tờ khai", "Con thứ hai",
)  # fmt: skip
TICKS = ("Đúng hạn", "Quá hạn", "Đăng ký lại")


@dataclass(frozen=True, slots=True)
class Clerk:
    """The habits of the official who keeps a book."""

    name: str
    dates: DateStyle
    addresses: AddressStyle
    names: str
    number_with_year: bool
    number_digits: int
    volume: str
    country: str
    stroke: str
    hospital_only: bool
    paper_words: str


@dataclass(frozen=True, slots=True)
class BookFacts:
    """A made-up book: its office, its volume, and who signs in it."""

    office: Unit
    year: int
    volume: str
    clerk: Clerk
    signer: str
    title: str


def make_book(
    rng: random.Random,
    year: int,
    *,
    office: Unit | None = None,
    volume: str = "01",
    register_type: str = "KS",
) -> BookFacts:
    """A book of one office and year with one clerk and one signer."""
    place = office or home_unit(rng, max(year, 1997))
    man = make_person(rng, male=rng.random() < 0.5, group="kinh", born=year - 35)
    chief = make_person(rng, male=rng.random() < 0.8, group="kinh", born=year - 50)
    kind = {"xã": "xã", "p": "phường", "tt": "thị trấn"}[place.kind]
    names = rng.choices(["plain", "low_middle", "capitals"], weights=[60, 22, 18])[0]
    clerk = Clerk(
        name=man.name,
        dates=DateStyle.of(rng),
        addresses=AddressStyle.of(rng),
        names=names,
        number_with_year=rng.random() < 0.7,
        number_digits=rng.choice([1, 2, 2, 3]),
        volume=rng.choices(
            [f"{volume}/{year}", volume, f"{volume}-TP/HT-{2015 if year > 2015 else 2010}-{register_type}"],
            [8, 2, 1],
        )[0],
        country=rng.choices(["Việt Nam", "Việt nam", "VN"], weights=[8, 2, 1])[0],
        stroke=rng.choice(["", "", "", "-", "/"]),
        hospital_only=rng.random() < 0.6,
        paper_words=rng.choice(["", "CMND ", "CMND số ", "CMND: "]),
    )
    return BookFacts(place, year, volume, clerk, chief.name, rng.choice(_TITLES).format(kind=kind))


def other_signer(rng: random.Random, book: BookFacts) -> BookFacts:
    """The book on a day on which somebody else signs: the chair is away and a deputy stands in."""
    other = make_person(rng, male=rng.random() < 0.6, group="kinh", born=book.year - 45)
    kind = {"xã": "xã", "p": "phường", "tt": "thị trấn"}[book.office.kind]
    title = rng.choice([title for title in _TITLES if title.startswith("P")]).format(kind=kind)
    return replace(book, signer=other.name, title=title)


@dataclass(frozen=True, slots=True)
class Entry:
    """One registration: ``texts`` by field key as written in the book, "" where the clerk left a blank.

    The gaps of a date written in parts are ``ngayDangKy.day`` and so on beside ``ngayDangKy``.
    """

    texts: dict[str, str]
    registered: datetime.date


def workday(day: datetime.date) -> datetime.date:
    """That day, or the Monday after where it is a weekend: offices are closed then."""
    return day + datetime.timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def make_entry(
    rng: random.Random, book: BookFacts, number: int, registered: datetime.date, *, late: bool | None = None
) -> Entry:
    """An entry of that book, with that number, on that day; ``late`` decides what else chance does."""
    clerk, draw = book.clerk, rng.random()
    again = late is None and 0.08 <= draw < 0.11
    late = draw < 0.08 if late is None else late
    age = rng.randint(400, 9000) if late or again else rng.randint(2, 55)
    born = registered - datetime.timedelta(days=age)
    child, mother, father = _family(rng, born.year)
    relation, declarer = _declarer(rng, mother, father, book.year)
    texts = {
        "so": case_number(clerk, number, book.year),
        "quyenSo": clerk.volume,
        "ngayDangKy": figures(registered, clerk.dates),
        "loaiDangKy": "Quá hạn" if late else "Đăng ký lại" if again else "Đúng hạn",
        "nguoiKy": book.signer,
        "chucVuNguoiKy": book.title,
        "nguoiThucHien": clerk.name,
        "ghiChu": rng.choice(_NOTES) if rng.random() < 0.22 else "",
        "nksHoTen": as_written(child.name, clerk.names),
        "nksGioiTinh": "Nam" if child.male else "Nữ",
        "nksNgaySinh": figures(born, clerk.dates),
        "nksNgaySinhBangChu": words(born, clerk.dates),
        "nksNoiSinh": _birth_place(rng, book, born.year),
        "nksDanToc": child.ethnicity,
        "nksQuocTich": clerk.country,
        "nksQueQuan": written(family_seat(rng, child.group), clerk.addresses, rng),
        "nksSoDinhDanh": identity_number(rng, child.male, born.year)
        if book.year >= 2016 and rng.random() < 0.8
        else "",
        "nycHoTen": declarer,
        "nycQuanHe": relation,
        "nycSoGiayToTuyThan": clerk.paper_words + f"285{rng.randint(0, 999999):06d}"
        if rng.random() < 0.92
        else "",
        "trangSo": f"{number:02d}",
    }
    unit = home_unit(rng, book.year, near=book.office)
    home = written(unit, clerk.addresses, rng, with_hamlet=0.7)
    for prefix, parent in (("me", mother), ("cha", father)):
        texts |= _parent(
            prefix,
            parent,
            clerk,
            home if rng.random() < 0.9 else written(home_unit(rng, book.year), clerk.addresses, rng),
        )
    for key in ("nksNoiSinh", "nksQueQuan", "nguoiThucHien", "chucVuNguoiKy", "nycQuanHe"):
        if rng.random() < 0.02:
            texts[key] = ""
    for name, text in zip(("day", "month", "year"), parts(registered, clerk.dates), strict=True):
        texts[f"ngayDangKy.{name}"] = text
    return Entry({key: unicodedata.normalize("NFC", text) for key, text in texts.items()}, registered)


def case_number(clerk: Clerk, number: int, year: int) -> str:
    """The number of a case as that clerk writes it."""
    text = f"{number:0{clerk.number_digits}d}"
    return f"{text}/{year}" if clerk.number_with_year else text


def _family(rng: random.Random, year: int) -> tuple[Person, Person, Person | None]:
    group = any_group(rng)
    father = make_person(rng, male=True, group=group, born=year - rng.randint(21, 42))
    mothers = group if rng.random() < 0.88 else any_group(rng)
    mother = make_person(rng, male=False, group=mothers, born=year - rng.randint(18, 38))
    if mothers == group:
        mother = replace(mother, ethnicity=father.ethnicity)
    known = rng.random() < 0.93
    side = father if known else mother
    child = make_person(rng, male=rng.random() < 0.51, group=side.group, born=year, family=side.family)
    return replace(child, ethnicity=side.ethnicity), mother, father if known else None


def _declarer(rng: random.Random, mother: Person, father: Person | None, year: int) -> tuple[str, str]:
    parent = father if father and rng.random() < 0.6 else mother
    if rng.random() < 0.88:
        return rng.choice(_RELATIONS_M[:4] if parent.male else _RELATIONS_F[:4]), parent.name
    male = rng.random() < 0.5
    other = make_person(rng, male=male, group=parent.group, born=year - 60, family=parent.family)
    return rng.choice(_RELATIONS_M[4:] if male else _RELATIONS_F[4:]), other.name


def _parent(prefix: str, parent: Person | None, clerk: Clerk, home: str) -> dict[str, str]:
    keys = ("HoTen", "NgaySinh", "DanToc", "QuocTich", "NoiCuTru")
    if parent is None:
        return {prefix + key: clerk.stroke if key == "HoTen" else "" for key in keys}
    values = (
        as_written(parent.name, clerk.names),
        f"{parent.born}",
        parent.ethnicity,
        clerk.country,
        home,
    )
    return {prefix + key: value for key, value in zip(keys, values, strict=True)}


def _birth_place(rng: random.Random, book: BookFacts, year: int) -> str:
    draw = rng.random()
    if draw < 0.6:
        return hospital(rng)
    unit = home_unit(rng, year, near=book.office if year >= 1997 else None)
    address = written(unit, book.clerk.addresses, rng)
    inside = address.replace("Xã ", "xã ", 1) if address.startswith("Xã ") else address
    if draw < 0.78:
        return f"Trạm y tế {inside}"
    return address if draw < 0.92 else f"Tại nhà, {inside}"


def identity_number(rng: random.Random, male: bool, year: int) -> str:
    """Personal identification number, structure of Decree 137/2015 article 13: 070 is Bình Phước."""
    century = (year // 100 - 19) * 2 + (0 if male else 1)
    return f"070{century}{year % 100:02d}{rng.randint(0, 999999):06d}"
