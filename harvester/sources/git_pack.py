"""The objects of a git pack, unpacked within bounds.

A pack of a few kilobytes can say that it holds gigabytes: a stream that inflates without end, a delta that copies one
byte a billion times, a chain of such deltas. So every size that the pack states is looked at before anything is made
of that size, and all objects together have one room. Border: which objects are asked for, and what they mean, is known
elsewhere. Form: gitformat-pack(5).
"""

from __future__ import annotations

import hashlib
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from dulwich.errors import ApplyDeltaError
from dulwich.pack import apply_delta

from harvester.bounds import MIB
from harvester.errors import TooLarge, UnexpectedAnswer

_TYPES = {1: b"commit", 2: b"tree", 3: b"blob", 4: b"tag"}
_OFFSET_DELTA, _NAMED_DELTA = 6, 7
_PIECE = 64 * 1024
_LONGEST_NUMBER = 10  # bytes of seven bits each
_HEADER = 12

MOST_OBJECTS = 300_000
MOST_BYTES = 48 * MIB


@dataclass(frozen=True, slots=True)
class GitObject:
    """One object: its kind (`commit`, `tree`, `blob`, `tag`) and its bytes."""

    kind: bytes
    body: bytes


@dataclass(frozen=True, slots=True)
class _Delta:
    """What is to be made of a base, which is known by its place in the pack or by its id."""

    at: int
    changes: bytes


def unpacked(
    pack: bytes | bytearray, *, sha256: bool = False, most_objects: int = MOST_OBJECTS, most_bytes: int = MOST_BYTES
) -> dict[str, GitObject]:
    """The objects of a pack by their ids, which are counted from their bytes.

    Raises:
        TooLarge: more objects, or more bytes when unpacked, than allowed.
        UnexpectedAnswer: it is no whole pack.
    """
    try:
        return _Unpacking(memoryview(pack), sha256, most_objects, most_bytes).objects()
    except (IndexError, ValueError, zlib.error, ApplyDeltaError) as error:
        raise UnexpectedAnswer(f"The pack is damaged: {' '.join(str(error).split())[:100]}.") from error


class _Unpacking:
    def __init__(self, pack: memoryview, sha256: bool, most_objects: int, most_bytes: int) -> None:
        self._hash = hashlib.sha256 if sha256 else hashlib.sha1
        self._pack = pack
        self._size = self._hash().digest_size
        self._most = most_objects
        self._bytes = most_bytes
        self._room = most_bytes
        self._by_place: dict[int, list[_Delta]] = defaultdict(list)
        self._by_name: dict[bytes, list[_Delta]] = defaultdict(list)
        self._objects: dict[str, GitObject] = {}

    def objects(self) -> dict[str, GitObject]:
        for place, found in self._whole():
            self._settle(place, found)
        if self._by_place or self._by_name:
            raise ValueError("it builds upon objects that it does not hold")
        return self._objects

    def _whole(self) -> Iterator[tuple[int, GitObject]]:
        """Every object that stands for itself, with its place; deltas are put aside."""
        pack = self._pack
        if len(pack) < _HEADER + self._size or bytes(pack[:4]) != b"PACK" or pack[7] not in (2, 3):
            raise ValueError("it does not begin as one")
        count = int.from_bytes(pack[8:_HEADER], "big")
        if count > self._most:
            raise TooLarge(f"The pack holds {count} objects; {self._most} are taken.")
        end = len(pack) - self._size
        if self._hash(pack[:end]).digest() != bytes(pack[end:]):
            raise ValueError("its sum is another one")
        whole: list[tuple[int, GitObject]] = []
        at = _HEADER
        for _ in range(count):
            if at >= end:
                raise ValueError("it holds fewer objects than it says")
            place, kind, size, at = at, (pack[at] >> 4) & 7, *self._length(at)
            if kind == _OFFSET_DELTA:
                back, at = self._back(at)
                body, at = self._inflated(at, size)
                self._by_place[place - back].append(_Delta(place, body))
            elif kind == _NAMED_DELTA:
                base = bytes(pack[at : at + self._size])
                body, at = self._inflated(at + self._size, size)
                self._by_name[base].append(_Delta(place, body))
            else:
                body, at = self._inflated(at, size)
                whole.append((place, GitObject(_TYPES.get(kind) or _no_kind(kind), body)))
        if at != end:
            raise ValueError("something stands behind its last object")
        yield from whole

    def _settle(self, place: int, found: GitObject) -> None:
        """Keep an object, and whatever is made of it."""
        waiting = [(place, found)]
        while waiting:
            place, found = waiting.pop()
            name = self._hash(b"%s %d\0" % (found.kind, len(found.body)) + found.body).digest()
            self._objects[name.hex()] = found
            for delta in (*self._by_place.pop(place, ()), *self._by_name.pop(name, ())):
                body = self._changed(found.body, delta.changes)
                waiting.append((delta.at, GitObject(found.kind, body)))

    def _changed(self, base: bytes, changes: bytes) -> bytes:
        _, at = _plain_number(changes, 0)
        size, _ = _plain_number(changes, at)
        self._take(size)
        return b"".join(apply_delta(base, changes))

    def _inflated(self, at: int, size: int) -> tuple[bytes, int]:
        """The bytes packed at this place, and where the next object begins."""
        self._take(size)
        stream = zlib.decompressobj()
        pieces: list[bytes] = []
        left = size
        while not stream.eof:
            if at >= len(self._pack):
                raise ValueError("it ends in the middle of an object")
            packed = self._pack[at : at + _PIECE]
            at += len(packed)
            pieces.append(stream.decompress(packed, left + 1))
            left -= len(pieces[-1])
            if left < 0 or stream.unconsumed_tail:
                raise ValueError("an object is longer than it says")
        if left:
            raise ValueError("an object is shorter than it says")
        return b"".join(pieces), at - len(stream.unused_data)

    def _take(self, size: int) -> None:
        self._room -= size
        if self._room < 0:
            raise TooLarge(f"The pack is larger than {self._bytes // MIB or 1} MiB when unpacked.")

    def _length(self, at: int) -> tuple[int, int]:
        """The size in an object's head, and where its head ends."""
        byte = self._pack[at]
        size, shift = byte & 15, 4
        for _ in range(_LONGEST_NUMBER):
            at += 1
            if not byte & 128:
                return size, at
            byte = self._pack[at]
            size |= (byte & 127) << shift
            shift += 7
        raise ValueError("a size has no end")

    def _back(self, at: int) -> tuple[int, int]:
        """How far before itself the base of a delta stands, and where that number ends."""
        back = self._pack[at] & 127
        for _ in range(_LONGEST_NUMBER):
            at += 1
            if not self._pack[at - 1] & 128:
                return back, at
            back = ((back + 1) << 7) | (self._pack[at] & 127)
        raise ValueError("a distance has no end")


def _plain_number(text: bytes, at: int) -> tuple[int, int]:
    size = 0
    for place in range(_LONGEST_NUMBER):
        byte = text[at]
        at += 1
        size |= (byte & 127) << (7 * place)
        if not byte & 128:
            return size, at
    raise ValueError("a size has no end")


def _no_kind(kind: int) -> bytes:
    raise ValueError(f"it holds an object of the unknown kind {kind}")
