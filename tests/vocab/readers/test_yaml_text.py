from __future__ import annotations

import pytest

from vocab.readers.tree import Node, Parsed
from vocab.readers.yaml_text import parse_yaml

KNOWN = ("title", "description", "links", "tags")


def parsed(text: str) -> Parsed:
    return parse_yaml(text.encode(), KNOWN)


def plain(text: str) -> object:
    root = parsed(text).root
    return root.plain() if root is not None else None


def told(text: str) -> list[tuple[str, int, str]]:
    return [(each.code, each.line, each.message) for each in parsed(text).defects]


def test_parse_yaml_gives_every_scalar_as_text() -> None:
    assert plain("a: 2024-08-12\nb: yes\nc: 1.10\nd: 0x10\ne: ~\nf:\ng: ''\nh: 'null'\n") == {
        "a": "2024-08-12", "b": "yes", "c": "1.10", "d": "0x10", "e": None, "f": None, "g": "", "h": "null",
    }


def test_parse_yaml_makes_no_objects_of_tags() -> None:
    assert plain("a: !!python/object/apply:os.system ['true']\nb: !!int '3'\n") == {"a": ["true"], "b": "3"}


def test_parse_yaml_keeps_the_line_of_the_key() -> None:
    root = parsed("a: x\nb:\n  - y\n  - z\nc: |-\n  text\n").root
    assert root is not None
    assert [(name, each.line) for name, each in root.members().items()] == [("a", 1), ("b", 2), ("c", 5)]
    assert [each.line for each in root.members()["b"].items()] == [3, 4]


def test_parse_yaml_resolves_aliases() -> None:
    assert plain("a: &x [1, 2]\nb: *x\n") == {"a": ["1", "2"], "b": ["1", "2"]}


def test_parse_yaml_of_a_billion_laughs_stops() -> None:
    bomb = "a: &a [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n" + "".join(
        f"{new}: &{new} [{', '.join([f'*{old}'] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    assert [(code, message) for code, _, message in told(bomb)] == [
        ("yaml-unreadable", "too many or too deeply nested values once the aliases are counted"),
    ]


def test_parse_yaml_of_deep_nesting_stops() -> None:
    assert told("[" * 50 + "]" * 50) == [("yaml-unreadable", 1, "nested deeper than 40 levels")]
    assert [code for code, _, _ in told("[" * 500_000)] == ["yaml-unreadable"]


def test_parse_yaml_of_an_alias_inside_its_own_anchor_is_told() -> None:
    assert [message for _, _, message in told("a: &x [*x]\n")] == [
        "the value of `a` is no YAML, taken as plain text: the alias `*x` names nothing",
    ]


def test_parse_yaml_of_a_scalar_that_stands_twice_keeps_the_later_one_unless_it_is_empty() -> None:
    assert plain("a: old\na: new\nb: old\nb:\n") == {"a": "new", "b": "old"}
    assert [(code, line) for code, line, _ in told("a: old\na: new\n")] == [("yaml-duplicate-key", 2)]


def test_parse_yaml_of_mappings_that_stand_twice_joins_their_members() -> None:
    assert plain("l:\n  a: 1\n  c: [x]\nl:\n  b: 2\n  c: [y]\n") == {"l": {"a": "1", "b": "2", "c": ["x", "y"]}}


def test_parse_yaml_of_tabs_reads_them_as_blanks_and_tells() -> None:
    text = "title: Fish\nlinks:\n\ta: x\n\tb: y\n"
    assert plain(text) == {"title": "Fish", "links": {"a": "x", "b": "y"}}
    assert told(text) == [("yaml-salvaged", 3, "tabs used for indentation, which YAML forbids")]


def test_parse_yaml_of_bold_text_read_as_an_alias_takes_the_text() -> None:
    text = "title: Fish\ndescription:\n  **Bold** words\n  and more\ntags:\n  - sea\n"
    assert plain(text) == {"title": "Fish", "description": "**Bold** words\nand more", "tags": ["sea"]}
    assert ("yaml-salvaged", 2, "the value of `description` is no YAML, taken as plain text") in told(text)
    assert parsed(text).complete


def test_parse_yaml_of_an_unquoted_colon_in_a_line_takes_the_line() -> None:
    text = "title: Fish: a finder\ntags:\n  - sea\n"
    assert plain(text) == {"title": "Fish: a finder", "tags": ["sea"]}


def test_parse_yaml_of_block_text_that_is_not_indented_takes_it_whole() -> None:
    text = "title: Fish\ndescription: |-\n  One.\nTwo is at the margin.\nNote: three too.\ntags:\n  - sea\n"
    assert plain(text) == {
        "title": "Fish", "description": "One.\nTwo is at the margin.\nNote: three too.", "tags": ["sea"],
    }


def test_parse_yaml_of_a_broken_mapping_keeps_its_other_members() -> None:
    text = "title: Fish\nlinks:\n  a: x\n  b: y: z\n  c: w\ntags:\n  - sea\n  - *star\n"
    assert plain(text) == {"title": "Fish", "links": {"a": "x", "b": "y: z", "c": "w"}, "tags": ["sea", "*star"]}
    assert [line for _, line, _ in told(text)] == [4, 8]


def test_parse_yaml_of_something_that_cannot_be_read_drops_it_and_is_not_complete() -> None:
    text = "title: Fish\ntags: [a, b\nlinks:\n  a: x\n"
    assert plain(text) == {"title": "Fish", "links": {"a": "x"}}
    assert not parsed(text).complete
    assert (2, "the value of `tags` cannot be read, dropped") in [(line, message) for _, line, message in told(text)]


def test_parse_yaml_of_list_elements_without_a_key_drops_them_and_is_not_complete() -> None:
    text = "title: Fish\nlinks:\n  a: x\n#tags:\n   - sea\n   - deep\n"
    assert plain(text) == {"title": "Fish", "links": {"a": "x"}}
    assert not parsed(text).complete
    assert [line for _, line, _ in told(text)] == [5]


def test_parse_yaml_of_no_yaml_at_all_is_unreadable_with_its_line() -> None:
    assert [(code, line) for code, line, _ in told("}{\n")] == [("yaml-unreadable", 1)]


@pytest.mark.parametrize("body", [b"<html><body>Not found</body></html>", b"\x00\x01\x02\x03PK"])
def test_parse_yaml_of_something_else_says_so(body: bytes) -> None:
    assert [each.code for each in parse_yaml(body).defects] == ["document-not-text"]


def test_node_items_of_a_single_value_is_a_list_of_it() -> None:
    assert Node("a", 1).items() == [Node("a", 1)]
    assert Node(None, 1).items() == []
