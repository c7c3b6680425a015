from __future__ import annotations

import hashlib
import zlib

import pytest
from dulwich.object_format import DEFAULT_OBJECT_FORMAT
from dulwich.objects import Blob, Tree
from dulwich.pack import write_pack_objects
from hypothesis import given
from hypothesis import strategies as st

from harvester.bounds import MIB
from harvester.errors import HarvestError, TooLarge, UnexpectedAnswer
from harvester.sources.git_pack import unpacked


def number(size: int) -> bytes:
    """A size as deltas write it."""
    out = bytearray()
    while True:
        size, low = size >> 7, size & 127
        out.append(low | (128 if size else 0))
        if not size:
            return bytes(out)


def head(kind: int, size: int) -> bytes:
    """The head of an object in a pack."""
    first, rest = size & 15, size >> 4
    return bytes([kind << 4 | first | (128 if rest else 0)]) + (number(rest) if rest else b"")


def pack(*objects: bytes, count: int | None = None) -> bytes:
    """A pack of objects that were written already."""
    body = b"PACK" + (2).to_bytes(4, "big") + (len(objects) if count is None else count).to_bytes(4, "big")
    body += b"".join(objects)
    return body + hashlib.sha1(body, usedforsecurity=False).digest()


def blob(body: bytes) -> bytes:
    return head(3, len(body)) + zlib.compress(body)


def blob_id(body: bytes) -> str:
    return Blob.from_string(body).id.decode()


def copies(times: int, size: int) -> bytes:
    """A delta that copies its base of this size again and again."""
    step = bytes([0x80 | 0x10 | 0x20]) + size.to_bytes(2, "little")
    return number(size) + number(size * times) + step * times


def by_name(base: bytes, delta: bytes) -> bytes:
    return head(7, len(delta)) + bytes.fromhex(blob_id(base)) + zlib.compress(delta)


def by_place(back: int, delta: bytes) -> bytes:
    assert back < 128
    return head(6, len(delta)) + bytes([back]) + zlib.compress(delta)


def test_pack_of_dulwich_is_read_with_its_deltas() -> None:
    bodies = [b"".join(b"line %d of %d\n" % (n, m) for n in range(200)) for m in range(10)]
    tree = Tree()
    blobs = [Blob.from_string(body) for body in bodies]
    for at, each in enumerate(blobs):
        tree.add(b"f%d" % at, 0o100644, each.id)
    written = bytearray()
    write_pack_objects(written.extend, [*blobs, tree], object_format=DEFAULT_OBJECT_FORMAT, deltify=True)
    found = unpacked(written)
    assert {sha: each.body for sha, each in found.items() if each.kind == b"blob"} == {
        blob_id(body): body for body in bodies
    }
    assert found[tree.id.decode()].body == tree.as_raw_string()


def test_deltas_are_applied_whichever_way_they_name_their_base() -> None:
    base = b"reef " * 10
    first = blob(base)
    found = unpacked(pack(by_name(base, copies(2, 50)), first, by_place(len(first), copies(3, 50))))
    assert {each.body for each in found.values()} == {base, base * 2, base * 3}


BROKEN = {
    "no pack": (b"<html>" + b" " * 40, "it does not begin as one"),
    "of a later version": (pack()[:7] + b"\x09" + pack()[8:], "it does not begin as one"),
    "with another sum": (pack(blob(b"x"))[:-1] + b"\0", "its sum is another one"),
    "fewer than it says": (pack(blob(b"x"), count=2), "it holds fewer objects than it says"),
    "more than it says": (pack(blob(b"x"), blob(b"y"), count=1), "something stands behind its last object"),
    "longer than it says": (pack(head(3, 2) + zlib.compress(b"abc")), "an object is longer than it says"),
    "shorter than it says": (pack(head(3, 9) + zlib.compress(b"abc")), "an object is shorter than it says"),
    "of an unknown kind": (pack(head(5, 1) + zlib.compress(b"a")), "it holds an object of the unknown kind 5"),
    "without a base": (pack(by_name(b"not here", copies(1, 8))), "it builds upon objects that it does not hold"),
    "of itself": (pack(by_place(0, copies(1, 8))), "it builds upon objects that it does not hold"),
    "a size without end": (pack(b"\xb0" + b"\xff" * 40), "a size has no end"),
    "a distance without end": (pack(head(6, 4) + b"\xff" * 40), "a distance has no end"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_pack_that_is_broken_says_how(name: str) -> None:
    body, why = BROKEN[name]
    with pytest.raises(UnexpectedAnswer) as caught:
        unpacked(body)
    assert caught.value.seen.startswith("The pack is damaged: ")
    assert why in caught.value.seen


BOMBS = {
    "a stream of a gigabyte": pack(head(3, 1 << 30) + zlib.compress(bytes(1 << 20))),
    "a delta of a gigabyte": pack(blob(bytes(65_535)), by_name(bytes(65_535), copies(16_000, 65_535))),
    "a delta that only says so": pack(blob(b"12345678"), by_name(b"12345678", number(8) + number(1 << 40))),
}


@pytest.mark.parametrize("name", BOMBS)
def test_pack_that_grows_beyond_bounds_is_refused_before_it_does(name: str) -> None:
    with pytest.raises(TooLarge) as caught:
        unpacked(BOMBS[name])
    assert caught.value.seen == "The pack is larger than 48 MiB when unpacked."


def test_chain_of_deltas_has_one_room_for_all_of_them() -> None:
    objects, body = [blob(b"x" * 1000)], b"x" * 1000
    for _ in range(12):
        delta = number(len(body)) + number(2 * len(body)) + 2 * (
            bytes([0x80 | 0x10 | 0x20 | 0x40]) + len(body).to_bytes(3, "little")
        )
        objects.append(by_name(body, delta))
        body *= 2
    assert len(unpacked(pack(*objects))) == 13
    with pytest.raises(TooLarge):
        unpacked(pack(*objects), most_bytes=MIB)


def test_pack_of_too_many_objects_is_refused_at_its_head() -> None:
    with pytest.raises(TooLarge) as caught:
        unpacked(pack(count=2**31))
    assert caught.value.seen == "The pack holds 2147483648 objects; 300000 are taken."


@given(body=st.binary(max_size=300), sealed=st.booleans())
def test_whatever_bytes_come_an_error_of_ours_is_all_that_happens(body: bytes, sealed: bool) -> None:
    whole = pack(body, count=1) if sealed else b"PACK\0\0\0\2\0\0\0\1" + body
    try:
        found = unpacked(whole)
    except HarvestError:
        return
    assert len(found) == 1


@given(st.lists(st.binary(max_size=200), max_size=8))
def test_every_file_that_was_packed_comes_out_under_its_id(bodies: list[bytes]) -> None:
    found = unpacked(pack(*(blob(body) for body in bodies)))
    assert {sha: each.body for sha, each in found.items()} == {blob_id(body): body for body in bodies}
