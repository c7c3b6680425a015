"""Which word stands in for one that no module has."""

from __future__ import annotations

from registry.search.spelling import Dictionary

WORDS = Dictionary(
    {"plankton": 9, "planktonic": 1, "segmentation": 4, "detect": 7, "defect": 2, "bird": 3, "yolov8": 2}
)


def test_one_edit_is_mended_by_any_of_the_four_kinds() -> None:
    for typed in ("plankon", "planktton", "plenkton", "plnakton"):
        assert WORDS.nearest(typed) == "plankton", typed


def test_a_long_word_may_have_two_edits() -> None:
    assert WORDS.nearest("segmantetion") == "segmentation"


def test_of_two_near_words_the_frequent_one_is_taken() -> None:
    assert WORDS.nearest("detecd") == "detect"
    assert WORDS.nearest("deect") == "detect"


def test_a_wrong_first_letter_is_mended_when_nothing_nearer_begins_with_it() -> None:
    assert WORDS.nearest("olankton") == "plankton"


def test_short_words_and_words_with_digits_are_left_alone() -> None:
    assert WORDS.nearest("brd") is None
    assert WORDS.nearest("yolov9") is None


def test_a_word_far_from_all_is_left_alone() -> None:
    assert WORDS.nearest("quantum") is None
