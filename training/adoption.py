"""Made-up adoptions: every value of one entry, consistent with itself and with its book."""

from __future__ import annotations

import datetime
import random
import unicodedata
from dataclasses import replace

from training.adults import adult, shared_texts
from training.dates import figures
from training.people import Person, any_group, as_written, make_person
from training.places import home_unit, hospital, written
from training.registration import BookFacts, Entry

_PERSON_KEYS = ("HoTen", "NgaySinh", "DanToc", "QuocTich", "NoiCuTru", "SoGiayToTuyThan")
_HOMES = (
    "Trung tâm Bảo trợ xã hội tỉnh Bình Phước",
    "Trung tâm Bảo trợ xã hội tỉnh",
    "Mái ấm tình thương {commune}",
    "Làng trẻ em {district}",
)
_HEADS = ("Giám đốc", "Phó Giám đốc", "Giám đốc Trung tâm")


def make_adoption(rng: random.Random, book: BookFacts, number: int, registered: datetime.date) -> Entry:
    """An adoption in that book, with that number, on that day."""
    age = min(15, int(rng.expovariate(0.35)))
    born = registered - datetime.timedelta(days=age * 365 + rng.randint(20, 360))
    group = any_group(rng)
    male = rng.random() < 0.5
    draw = rng.random()
    mother = make_person(rng, male=False, group=group, born=born.year - rng.randint(17, 40))
    father = make_person(rng, male=True, group=group, born=mother.born - rng.randint(-2, 8))
    father = replace(father, ethnicity=mother.ethnicity)
    family = father.family if draw < 0.5 else mother.family
    child = make_person(rng, male=male, group=group, born=born.year, family=family)
    texts = shared_texts(rng, book, number, registered) | {
        "cnHoTen": as_written(child.name, book.clerk.names),
        "cnGioiTinh": "Nam" if male else "Nữ",
        "cnNgaySinh": figures(born, book.clerk.dates),
        "cnNoiSinh": hospital(rng),
        "cnDanToc": mother.ethnicity,
        "cnQuocTich": book.clerk.country,
        "cnNoiCuTru": written(home_unit(rng, book.year, near=book.office), book.clerk.addresses, rng),
        "noiDangKy": _office(book),
        "quyetDinhSo": rng.choice([f"{number:02d}", f"{number:02d}/{book.year}", f"{number}/GCN"]),
        "quyetDinhNgay": figures(registered, book.clerk.dates),
    }
    texts |= _takers(rng, book, born.year, registered)
    texts |= _givers(rng, book, draw, (father, mother), registered)
    return Entry({key: unicodedata.normalize("NFC", text) for key, text in texts.items()}, registered)


def _office(book: BookFacts) -> str:
    kind = {"xã": "xã", "p": "phường", "tt": "thị trấn"}[book.office.kind]
    return f"UBND {kind} {book.office.commune}"


def _takers(rng: random.Random, book: BookFacts, child: int, registered: datetime.date) -> dict[str, str]:
    """Who adopts: a couple mostly, or a woman or a man alone, whose other column stays empty.

    Adopters are 20 years older than the child at least (Law on Adoption 52/2010, article 14).
    """
    group = any_group(rng)
    man = make_person(rng, male=True, group=group, born=child - rng.randint(24, 45))
    woman = make_person(rng, male=False, group=group, born=child - rng.randint(22, 42))
    draw = rng.random()
    alone = "" if draw < 0.7 else "me" if draw < 0.92 else "cha"
    texts = _couple(rng, book, ("chaNuoi", man), ("meNuoi", woman), registered, alone and f"{alone}Nuoi")
    taker = woman if alone == "me" else man
    return texts | {"nguoiNhan": as_written(taker.name, book.clerk.names)}


def _givers(
    rng: random.Random,
    book: BookFacts,
    draw: float,
    parents: tuple[Person, Person],
    registered: datetime.date,
) -> dict[str, str]:
    """Who gives the child: both parents, the mother alone, or a home, which leaves both columns empty."""
    father, mother = parents
    texts = {"csndTen": "", "csndDaiDien": "", "csndChucVu": "", "benGiaoQuanHe": ""}
    if draw < 0.8:
        alone = "" if draw < 0.5 else "baGiao"
        texts |= _couple(rng, book, ("ongGiao", father), ("baGiao", mother), registered, alone)
        texts["benGiaoQuanHe"] = "Mẹ đẻ" if alone else rng.choice(["Cha mẹ đẻ", "Cha, mẹ đẻ"])
        return texts | {"nguoiGiao": as_written(mother.name, book.clerk.names)}
    head = make_person(rng, male=rng.random() < 0.5, group="kinh", born=book.year - rng.randint(35, 58))
    home = rng.choice(_HOMES).format(commune=book.office.commune, district=book.office.district)
    return (
        texts
        | {f"{who}{key}": "" for who in ("ongGiao", "baGiao") for key in _PERSON_KEYS}
        | {
            "csndTen": home,
            "csndDaiDien": head.name,
            "csndChucVu": rng.choice(_HEADS),
            "nguoiGiao": head.name,
        }
    )


def _couple(
    rng: random.Random,
    book: BookFacts,
    man: tuple[str, Person],
    woman: tuple[str, Person],
    registered: datetime.date,
    alone: str,
) -> dict[str, str]:
    """Two people who live together, each in their column, or the one of them whose column is ``alone``."""
    texts: dict[str, str] = {}
    home = ""
    for column, person in (man, woman):
        if alone and column != alone:
            texts |= {column + key: "" for key in _PERSON_KEYS}
            continue
        texts |= adult(rng, column, person, book, registered)
        home = home or texts[f"{column}NoiCuTru"]
        texts[f"{column}NoiCuTru"] = home
    return texts
