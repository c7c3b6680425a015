"""What names and titles say about identity: repository names, image names and titles brought to comparable words.

Only rules and common words of the trade; no name of any module stands here. Whether two names being alike is enough
for anything is decided in `vocab.evidence`, not here.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words about how a module is packed and run. They tell nothing about what it does and are left out of names.
PACKING = _words(
    "ai ai4 ai4eosc ai4os api app application cont container cpu cuda deep deepaas dev docker dockerfile git github gpu"
    " hub keras latest lib library main master ml model module modul oc package prod py python pytorch repo"
    " repository serv service server src tensorflow tf tf1 tf2 torch uc v1 v2 v3 web webapp"
)

# Words of the trade, written out. They say something, but so many modules share them that a name of them alone is
# no name.
_TRADE_WORDS = _words(
    "2d 3d analysis annotation anomaly audio benchmark binary box child classifier cluster cnn data dataset demo"
    " demonstration deploy detector embedding env environment example feature forecast gan general generator generic"
    " hello image inference instance label learning llm machine minimal multi multiclass my network neural new nlp"
    " object old panoptic predict process project purpose recognition regression rnn sample segment semantic series"
    " simple sound speech standard template test text time timeseries tool toolkit train transfer tutorial unet"
    " video vision visual world yolo your"
)

# Words that only hold a title together.
GLUE = _words("a an and are as at by for from how in into is it of on or the this to use via with your")

# Short forms that repository names use for a word of the trade, and endings that a suffix rule would cut differently.
SHORT_FORMS = {
    "cls": "classif", "det": "detect", "img": "image", "imgs": "image", "images": "image",
    "obj": "object", "objs": "object", "rec": "recognit", "seg": "segment",
    "segm": "segment", "bench": "benchmark", "ts": "timeseri",
}

_USER_PREFIX = re.compile(r"^uc-.+?-(?=deep-oc-)", re.IGNORECASE)
_PREFIX = re.compile(r"^(?:deep-oc[-_]|uc-[^-_]+[-_]|ai4os[-_]|ai4eosc[-_])", re.IGNORECASE)
_WORDS = re.compile(r"[^\W_]+")
_VERSION_TAIL = re.compile(r"(?<=[a-z]{3})-?v\d+$")
_SUFFIXES = (
    "izations", "ization", "ifiers", "ifier", "ifications", "ification", "ations", "ation", "ators", "ator", "ions",
    "ion", "ings", "ing", "ers", "er", "ors", "or", "es", "s",
)
_LEAST_STEM = 4


def fold(text: str) -> str:
    """Case, accents and compatibility forms folded away."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(each for each in decomposed if not unicodedata.combining(each)).casefold()


@lru_cache(maxsize=20_000)
def stem(word: str) -> str:
    """One word without its ending, so that `detector`, `detection` and `det` are the same word."""
    word = _VERSION_TAIL.sub("", word)
    if word in SHORT_FORMS:
        return SHORT_FORMS[word]
    if word.startswith("classif"):
        return "classif"
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) - len(suffix) >= _LEAST_STEM:
            return word.removesuffix(suffix)
    return word


TRADE = frozenset(map(stem, _TRADE_WORDS))


@lru_cache(maxsize=20_000)
def name_signature(name: str) -> frozenset[str]:
    """The words of a repository or image name that say what it is: prefixes, packing words and endings left out.

    Empty when nothing is left, as for `demo-api-docker`; then the name tells nothing.
    """
    bare = _PREFIX.sub("", _USER_PREFIX.sub("", name.strip()))
    words = (fold(each) for each in _WORDS.findall(bare))
    stems = {stem(each) for each in words if each not in PACKING}
    return frozenset(stems - PACKING)


def distinctive(signature: frozenset[str]) -> frozenset[str]:
    """The words of a signature that are not common words of the trade."""
    return frozenset(each for each in signature if each not in TRADE and each not in GLUE)


def names_equal(left: frozenset[str], right: frozenset[str]) -> bool:
    """Do both names consist of the same words, at least one of which is not a common one?"""
    return left == right and bool(distinctive(left))


def names_related(left: frozenset[str], right: frozenset[str]) -> bool:
    """Do the names share at least half of their words, one of them not a common one?"""
    shared = left & right
    return bool(distinctive(shared)) and 2 * len(shared) >= len(left | right)


@lru_cache(maxsize=20_000)
def title_key(title: str) -> str:
    """A title for comparing: case, accents, punctuation and spacing do not count. Empty when no word is in it."""
    return " ".join(_WORDS.findall(fold(title)))


@lru_cache(maxsize=20_000)
def is_generic_title(title: str) -> bool:
    """Does the title consist of common words only, so that unrelated modules may well bear it?"""
    stems = {stem(each) for each in title_key(title).split() if each not in PACKING and each not in GLUE}
    return not distinctive(frozenset(stems - PACKING))


def shingles(text: str, size: int = 3) -> frozenset[str]:
    """The runs of `size` words in a text, for telling how much of it stands in another one."""
    words = [_VERSION_TAIL.sub("", each) for each in _WORDS.findall(fold(text))]
    return frozenset(" ".join(words[at : at + size]) for at in range(len(words) - size + 1))
