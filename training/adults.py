"""Made-up marriages and deaths: every value of one entry, consistent with itself and with its book."""

from __future__ import annotations

import datetime
import random
import unicodedata

from training.dates import figures, parts
from training.people import Person, any_group, as_written, make_person
from training.places import home_unit, hospital, written
from training.registration import BookFacts, Clerk, Entry, case_number, identity_number

_CAUSES = (
    "Bệnh", "Bệnh già", "Già yếu", "Già yếu", "Tai nạn giao thông", "Tai biến mạch máu não", "Ung thư gan",
    "Ung thư phổi", "Bệnh tim", "Sốt rét ác tính", "Suy tim", "Xơ gan", "Đuối nước", "Cao huyết áp",
    "Suy thận", "Viêm phổi", "Đột quỵ",
)  # fmt: skip
_OF_THE_YOUNG = ("Tai nạn giao thông", "Đuối nước", "Sốt rét ác tính", "Viêm phổi", "Bệnh")
_NOTES = ("Đã cấp 02 bản sao", "Cấp bản sao lần 2", "Đã cấp bản sao", "Cấp 03 bản sao")
_OFFICERS_OF_DEATH = ("Trạm y tế {}", "Bệnh viện đa khoa {}", "UBND {}")
# Who declares a death: relation, whether a man, years older than the deceased.
_BY_ELDERS = (("Con", True, -26), ("Con ruột", False, -28), ("Con trai", True, -25), ("Con gái", False, -27),
              ("Cháu", True, -52), ("Con rể", True, -24))  # fmt: skip
_BY_OTHERS = (("Cha", True, 27), ("Mẹ", False, 24), ("Anh ruột", True, 4), ("Em ruột", True, -3))


def make_marriage(rng: random.Random, book: BookFacts, number: int, registered: datetime.date) -> Entry:
    """A marriage in that book, with that number, on that day."""
    group = any_group(rng)
    other = group if rng.random() < 0.85 else any_group(rng)
    husband = make_person(rng, male=True, group=group, born=book.year - rng.randint(20, 48))
    wife = make_person(rng, male=False, group=other, born=book.year - rng.randint(19, 44))
    again = rng.random() < 0.06
    married = registered - datetime.timedelta(days=rng.randint(400, 7000)) if again else registered
    dates = book.clerk.dates
    texts = shared_texts(rng, book, number, registered) | {
        "loaiDangKy": "Đăng ký lại" if again else "Kết hôn lần đầu",
        "ngayXacLapQuanHeHonNhan": figures(married, dates) if again or rng.random() < 0.9 else "",
    }
    for prefix, person in (("chong", husband), ("vo", wife)):
        texts |= adult(rng, prefix, person, book, registered)
    return _entry(texts, registered)


def make_death(rng: random.Random, book: BookFacts, number: int, registered: datetime.date) -> Entry:
    """A death in that book, with that number, on that day."""
    clerk = book.clerk
    late = rng.random() < 0.1
    died = registered - datetime.timedelta(days=rng.randint(16, 900) if late else rng.randint(0, 15))
    age = min(96, max(1, round(rng.gauss(66, 19))))
    male = rng.random() < 0.54
    person = make_person(rng, male=male, group=any_group(rng), born=died.year - age)
    texts = shared_texts(rng, book, number, registered) | adult(rng, "nkt", person, book, died, age=age)
    if rng.random() < 0.35:  # of old people the year is often all that is known
        texts["nktNgaySinh"] = f"{person.born}"
    texts |= {
        "loaiDangKy": "Quá hạn" if late else "Đúng hạn",
        "nktGioiTinh": "Nam" if male else "Nữ",
        "nktNgayChet": figures(died, clerk.dates),
        "nktNoiChet": _death_place(rng, texts["nktNoiCuTru"]),
        "nktNguyenNhanChet": rng.choice(_CAUSES if age > 40 else _OF_THE_YOUNG),
    }
    texts |= _hour(rng) | _notice(rng, book, number, died) | _declarant(rng, book, person, age)
    return _entry(texts, registered)


def _entry(texts: dict[str, str], registered: datetime.date) -> Entry:
    return Entry({key: unicodedata.normalize("NFC", text) for key, text in texts.items()}, registered)


def shared_texts(
    rng: random.Random, book: BookFacts, number: int, registered: datetime.date
) -> dict[str, str]:
    """What every register asks for: numbers, day of registration, officials, notes."""
    clerk = book.clerk
    day, month, year = parts(registered, clerk.dates)
    return {
        "so": case_number(clerk, number, book.year),
        "quyenSo": clerk.volume,
        "ngayDangKy": figures(registered, clerk.dates),
        "ngayDangKy.day": day,
        "ngayDangKy.month": month,
        "ngayDangKy.year": year,
        "nguoiKy": book.signer,
        "chucVuNguoiKy": book.title,
        "nguoiThucHien": clerk.name,
        "ghiChu": rng.choice(_NOTES) if rng.random() < 0.2 else "",
        "trangSo": f"{number:02d}",
    }


def adult(
    rng: random.Random, prefix: str, person: Person, book: BookFacts, on: datetime.date, *, age: int = 30
) -> dict[str, str]:
    """What is written of a grown person, by keys that begin with the prefix."""
    clerk = book.clerk
    # Never later in the year than the event: who is asked for is born before it.
    born = datetime.date(person.born, 1, 1) + datetime.timedelta(days=rng.randrange(on.timetuple().tm_yday))
    home = written(home_unit(rng, book.year, near=book.office), clerk.addresses, rng, with_hamlet=0.7)
    return {
        f"{prefix}HoTen": as_written(person.name, clerk.names),
        f"{prefix}NgaySinh": figures(born, clerk.dates),
        f"{prefix}DanToc": person.ethnicity,
        f"{prefix}QuocTich": clerk.country,
        f"{prefix}NoiCuTru": home,
        f"{prefix}SoGiayToTuyThan": _paper(rng, clerk, person, book.year, age),
    }


def _paper(rng: random.Random, clerk: Clerk, person: Person, year: int, age: int = 30) -> str:
    """The identity paper that a person shows; children and some of the old have none."""
    if age < 14 or rng.random() < (0.25 if age > 70 else 0.06):
        return ""
    if year >= 2016 and rng.random() < 0.3:
        return identity_number(rng, person.male, person.born)
    return clerk.paper_words + f"285{rng.randint(0, 999999):06d}"


def _death_place(rng: random.Random, home: str) -> str:
    draw = rng.random()
    return "Tại nhà" if draw < 0.3 else "Nhà" if draw < 0.4 else hospital(rng) if draw < 0.65 else home


def _hour(rng: random.Random) -> dict[str, str]:
    """Hour and minutes, as written in one go and in two gaps; nobody noted them of some."""
    if rng.random() < 0.08:
        return {"nktGioPhutChet": "", "nktGioPhutChet.hour": "", "nktGioPhutChet.minute": ""}
    hour, minute = f"{rng.randint(0, 23)}", f"{rng.choice((0, 5, 10, 15, 20, 30, 40, 45, 50)):02d}"
    whole = rng.choice((f"{hour}h{minute}'", f"{hour} giờ {minute} phút", f"{hour}h{minute}"))
    return {"nktGioPhutChet": whole, "nktGioPhutChet.hour": hour, "nktGioPhutChet.minute": minute}


def _notice(rng: random.Random, book: BookFacts, number: int, died: datetime.date) -> dict[str, str]:
    """The notice of death, which about half of the declarants bring."""
    if rng.random() < 0.45:
        return {"gbtSo": "", "gbtNgay": "", "gbtCoQuanCap": ""}
    kind = {"xã": "xã", "p": "phường", "tt": "thị trấn"}[book.office.kind]
    office = rng.choice(_OFFICERS_OF_DEATH).format(f"{kind} {book.office.commune}")
    series = rng.choice(("", f"/{died.year}", "/GBT"))
    return {
        "gbtSo": f"{max(1, number - rng.randint(0, 3)):02d}{series}",
        "gbtNgay": figures(died, book.clerk.dates),
        "gbtCoQuanCap": office,
    }


def _declarant(rng: random.Random, book: BookFacts, dead: Person, age: int) -> dict[str, str]:
    """Who declares the death: children and grandchildren of the old, a spouse, elders of the young."""
    spouse = ("Vợ", False, -2) if dead.male else ("Chồng", True, 2)
    ways = (*_BY_ELDERS, spouse) if age >= 50 else (spouse, *_BY_OTHERS) if age >= 22 else _BY_OTHERS[:2]
    relation, male, older = rng.choice(ways)
    family = "" if relation in {"Vợ", "Chồng", "Con rể", "Mẹ"} else dead.family
    who = make_person(rng, male=male, group=dead.group, born=dead.born - older, family=family)
    return {
        "nycHoTen": who.name,
        "nycQuanHe": relation,
        "nycSoGiayToTuyThan": _paper(rng, book.clerk, who, book.year),
    }
