"""Did you mean: a word that no module has is replaced by the nearest word that one has.

Nearest = one edit away (two for words of nine letters or more), of the same first letter before others, the most
frequent first. Words of fewer than four letters and words with digits are left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from rapidfuzz.distance import OSA

SHORTEST_WORD = 4
LONG_WORD = 9


class Dictionary:
    """The words of an index with the number of modules that have each."""

    def __init__(self, frequencies: Mapping[str, int]) -> None:
        """Keep the words, parted by first letter."""
        self._frequencies = dict(frequencies)
        self._by_letter: dict[str, list[str]] = {}
        for word in sorted(self._frequencies):
            self._by_letter.setdefault(word[0], []).append(word)

    def knows(self, word: str) -> bool:
        """Whether some module has this word."""
        return word in self._frequencies

    def nearest(self, word: str) -> str | None:
        """The word to use in its place, or None when nothing is near."""
        if len(word) < SHORTEST_WORD or any(character.isdigit() for character in word):
            return None
        distance = 2 if len(word) >= LONG_WORD else 1
        same_letter = self._best(word, self._by_letter.get(word[0], ()), distance)
        return same_letter or self._best(word, self._frequencies, distance)

    def _best(self, word: str, candidates: Iterable[str], distance: int) -> str | None:
        found: tuple[int, int, str] | None = None
        for candidate in candidates:
            if abs(len(candidate) - len(word)) > distance or len(candidate) < SHORTEST_WORD - 1:
                continue
            edits = OSA.distance(word, candidate, score_cutoff=distance)
            if edits <= distance:
                rank = (edits, -self._frequencies[candidate], candidate)
                found = rank if found is None else min(found, rank)
        return found[2] if found else None
