"""Make the priors of ``pipeline.recognise.language`` from the lexicons: ``python -m training.language``.

The texts counted are made up: every entry of the lexicons, put together as registers put them together, with
the syllables that Vietnamese allows as a thin ground under everything, so that a word of no list is unlikely
but never ruled out.
"""

from __future__ import annotations

import argparse
import random
import unicodedata
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from pipeline import lexicons
from pipeline.fields import words
from pipeline.recognise.language import ALPHABET, BITS, DATA, ORDER, START, code_of
from pipeline.text import newer_tone_place, unify_tone_place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SEED: Final = 11
ONSETS: Final = ["", *"b c ch d đ g gh gi h k kh l m n ng ngh nh p ph qu r s t th tr v x".split()]  # noqa: SIM905
RIMES: Final = (  # noqa: SIM905
    "a ac ach ai am an ang anh ao ap at au ay ă ăc ăm ăn ăng ăp ăt âc âm ân âng âp ât âu ây e ec em en "
    "eng eo ep et ê êch êm ên ênh êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu o "
    "oa oac oach oai oan oang oanh oat oay oc oe oen oet oi om on ong op ot ô ôc ôi ôm ôn ông ôp ôt ơ "
    "ơi ơm ơn ơp ơt u ua uân uât uây uc uê uênh ui um un ung uôc uôi uôm uôn uông uôt up ut uy uya uyên "
    "uyêt uynh ư ưa ưc ưi ươc ươi ươm ươn ương ươp ươt ươu ưng ưt ưu y yêm yên yêt yêu"
).split()
TONES: Final = ("", "\u0301", "\u0300", "\u0309", "\u0303", "\u0323")
UNIT_SHORT: Final = {
    "Thành phố": ("TP", "TP.", "thành phố", "Tp."),
    "Thị xã": ("TX", "TX.", "thị xã"),
    "Thị trấn": ("TT", "TT.", "thị trấn"),
    "Tỉnh": ("tỉnh", "T.", ""),
    "Huyện": ("huyện", "H.", "H", ""),
    "Quận": ("quận", "Q."),
    "Phường": ("phường", "P.", "P"),
    "Xã": ("xã", "X.", ""),
}


def syllables() -> list[str]:
    """Syllables of the language, roughly: onset, rime and tone, the tone on both places that are in use."""
    found = []
    for onset in ONSETS:
        for rime in RIMES:
            stop = rime[-1] in "ptc" or rime.endswith("ch")
            for tone in TONES[1:6:4] if stop else TONES:
                vowels = [i for i, letter in enumerate(rime) if letter in "aăâeêioôơuưy"]
                marked = [i for i in vowels if rime[i] in "ăâêôơư"]
                places = (
                    {marked[-1]}
                    if marked
                    else {vowels[0], vowels[-1]}
                    if len(vowels) == 2
                    else {vowels[len(vowels) // 2]}
                )
                found += [
                    unicodedata.normalize("NFC", onset + rime[: i + 1] + tone + rime[i + 1 :]) for i in places
                ]
    return found


def names(rng: random.Random, count: int) -> Iterator[str]:
    """Full names by the counts of the lists, and every listed word for itself."""
    lists = {name: lexicons.load(name) for name in ("surnames", "middle_names", "given_names")}
    weights = {
        name: np.cumsum([np.exp(lexicons.prior(name, word)) for word in entries]).tolist()
        for name, entries in lists.items()
    }

    def one(name: str) -> str:
        return rng.choices(lists[name], cum_weights=weights[name])[0]

    for _ in range(count):
        middles = [one("middle_names") for _ in range(rng.choice((0, 1, 1, 1, 2)))]
        yield " ".join([one("surnames"), *middles, one("given_names")])
    for name in lists:
        for word in lists[name]:
            yield from (word, f"{one('surnames')} {word}", f"{one('surnames')} {one('middle_names')} {word}")


def _short(rng: random.Random, text: str) -> str:
    for full, variants in UNIT_SHORT.items():
        if text.startswith(full + " ") and rng.random() < 0.6:
            return f"{rng.choice(variants)} {text[len(full) + 1 :]}".strip()
    return text


def places(rng: random.Random) -> Iterator[str]:
    """Every commune in its district and province, written out and shortened, with hamlets before some."""
    hamlet = lexicons.load("given_names")
    institutions = lexicons.load("institutions")
    for province in lexicons.places():
        near = province.place.name == "Bình Phước"
        for district in province.districts:
            for commune in district.communes:
                yield " ".join(
                    place.name for place in (commune, district.place, province.place) if place.text
                )
                for _ in range(8 if near else 2):
                    parts = [commune.text, district.place.text, province.place.text]
                    parts = [_short(rng, part) for part in parts if part]
                    if rng.random() < 0.25:
                        word = rng.choice(("Ấp", "Thôn", "Tổ", "Khu phố", "KP", "Sóc", "Xóm", "Số"))
                        place = rng.choice((str(rng.randint(1, 12)), " ".join(rng.sample(hamlet, 2))))
                        parts.insert(0, f"{word} {place}")
                    elif rng.random() < 0.1:
                        parts.insert(0, rng.choice(institutions))
                    yield rng.choice((", ", ", ", " - ", " ")).join(parts)
    for institution in institutions:
        for _ in range(6):
            yield institution


def dates_in_words(rng: random.Random, count: int) -> Iterator[str]:
    """Dates written out in all the ways that the reader knows."""
    days, months, years = (list(table()) for table in (words.days, words.months, words.years))
    for _ in range(count):
        day, month, year = rng.choice(days), rng.choice(months), rng.choice(years)
        comma = rng.choice(("", "", ","))
        yield f"{rng.choice(('ngày ', ''))}{day}{comma} tháng {month}{comma} năm {year}"


def other_texts(rng: random.Random) -> Iterator[str]:
    """Entries of the remaining lists, oftener where they are common."""
    for name in (
        "ethnicity",
        "nationality",
        "relation",
        "office",
        "registration_kind",
        "sex",
        "occupations",
        "death_causes",
    ):
        for entry in lexicons.load(name):
            for _ in range(1 + rng.randint(0, 4)):
                yield entry


def count_ngrams(texts: Iterable[str]) -> Counter[int]:
    """How often each n-gram of 1 to ``ORDER`` codes stands in the texts, by its key."""
    counts: Counter[int] = Counter()
    for text in texts:
        clean = unicodedata.normalize("NFC", " ".join(text.split()))
        # Hòa and Hoà are both written; neither may be unlikely.
        for spelling in {unify_tone_place(clean), newer_tone_place(clean)}:
            codes = [START, *(code_of(character) for character in spelling)]
            for i in range(1, len(codes)):
                key, shift = 0, 0
                for n in range(min(ORDER, i + 1)):
                    key |= codes[i - n] << shift
                    shift += BITS
                    counts[key] += 1
    return counts


def witten_bell(counts: Counter[int], least: int) -> dict[str, np.ndarray]:
    """Smoothed log-probabilities of the n-grams and back-off weights of their contexts, as sorted arrays.

    N-grams of four and more codes seen fewer than ``least`` times are left to shorter contexts.
    """
    kept = {key: n for key, n in counts.items() if n >= least or key < 1 << 3 * BITS}
    total: Counter[int] = Counter()
    kinds: Counter[int] = Counter()
    for key, n in kept.items():
        total[key >> BITS] += n
        kinds[key >> BITS] += 1
    probability: dict[int, float] = {}
    for key in sorted(kept):  # shorter keys are smaller numbers: what is backed off to comes first
        context, code = key >> BITS, key & (1 << BITS) - 1
        lower = 1 / ALPHABET
        shorter = context
        while shorter:
            shorter &= (1 << BITS * ((shorter.bit_length() + BITS - 1) // BITS - 1)) - 1
            found = probability.get(shorter << BITS | code)
            if found is not None:
                lower = found
                break
        probability[key] = (kept[key] + kinds[context] * lower) / (total[context] + kinds[context])
    keys = np.array(sorted(probability), np.uint64)
    contexts = np.array(sorted(total), np.uint64)
    return {
        "keys": keys,
        "values": np.log([probability[int(k)] for k in keys]).astype(np.float16),
        "contexts": contexts,
        "backoffs": np.log([kinds[int(c)] / (total[int(c)] + kinds[int(c)]) for c in contexts]).astype(
            np.float16
        ),
    }


def save(path: Path, model: dict[str, np.ndarray]) -> None:
    """Write a model as ``pipeline.recognise.language`` reads it."""
    np.savez_compressed(
        path,
        keys=model["keys"],
        values=model["values"],
        contexts=model["contexts"],
        backoffs=model["backoffs"],
    )


def corpora() -> dict[str, list[str]]:
    """The texts of each model."""
    rng = random.Random(SEED)
    ground = syllables()
    rng.shuffle(ground)
    name, place, spelt = list(names(rng, 60_000)), list(places(rng)), list(dates_in_words(rng, 12_000))
    other = list(other_texts(rng))
    pairs = [f"{a} {b}" for a, b in zip(ground[::2], ground[1::2], strict=False)]
    return {
        "name": name + pairs,
        "place": place + rng.sample(name, 8_000) + pairs,
        "words": spelt + pairs[:2_000],
        "text": place + rng.sample(name, 30_000) + rng.sample(spelt, 4_000) + other * 4 + pairs,
    }


def main() -> None:
    """Write the models."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=DATA)
    parser.add_argument("--least", type=int, default=1, help="rarer long n-grams are dropped")
    arguments = parser.parse_args()
    for name, texts in corpora().items():
        path = arguments.out / f"language-{name}.npz"
        save(path, witten_bell(count_ngrams(texts), arguments.least))
        print(f"{path.name}: {len(texts)} texts, {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
