from __future__ import annotations

from dataclasses import replace

from tests.support.records import a_record, a_statement
from vocab.evidence import STRENGTH
from vocab.identity import Grouping, Ruling, blocking_keys, group
from vocab.record import SourceRecord

OLD, NEW = "github.com/attic/old-otter", "github.com/hub/otter-counter"
TEXT = "Counts the otters on photographs of river banks and says how certain it is of each of them"


def joined(grouping: Grouping) -> set[frozenset[str]]:
    return {each.keys for each in grouping.groups if len(each.keys) > 1}


def kinds(grouping: Grouping, *keys: str) -> list[str]:
    (found,) = [each for each in grouping.groups if each.keys == frozenset(keys)]
    return [each.kind for each in found.evidence]


def together(records: list[SourceRecord], rulings: list[Ruling] | None = None) -> set[frozenset[str]]:
    return joined(group(records, rulings or []))


# The forge's word


def test_group_when_two_catalogues_list_one_repository_makes_one_module() -> None:
    grouping = group([a_record("hub/otter", source="a"), a_record("hub/otter", source="b")], [])

    (found,) = grouping.groups
    assert found.members == (("a", "github.com/hub/otter"), ("b", "github.com/hub/otter"))
    assert kinds(grouping, "github.com/hub/otter") == ["same-repository"]


def test_group_when_the_forge_gives_two_names_one_id_joins_them() -> None:
    grouping = group(
        [a_record("hub/otter", numeric_id="7"), a_record("attic/beaver", source="old", numeric_id="7")], []
    )

    assert kinds(grouping, "github.com/attic/beaver", "github.com/hub/otter")[0] == "same-numeric-id"


def test_group_when_a_repository_was_renamed_joins_the_record_under_the_former_name() -> None:
    new = a_record("hub/otter", repository=["github.com/hub/otter", "github.com/hub/beaver"])

    old = a_record("hub/beaver", source="old")

    assert kinds(group([new, old], []), old.key, new.key)[0] == "renamed"


def test_group_when_another_repository_took_the_former_name_keeps_it_apart() -> None:
    renamed = a_record("hub/otter", numeric_id="7", repository=["github.com/hub/otter", "github.com/hub/beaver"])
    squatter = a_record("hub/beaver", source="old", numeric_id="8")

    assert together([renamed, squatter]) == set()


def test_group_when_one_name_was_borne_by_two_repositories_keeps_them_apart() -> None:
    before = a_record("hub/beaver", source="a", numeric_id="7")
    after = a_record("hub/beaver", source="b", numeric_id="8")
    unknown = a_record("hub/beaver", source="c")

    members = [each.members for each in group([before, after, unknown], []).groups]

    assert members == [(("a", before.key),), (("b", after.key), ("c", unknown.key))]


# Banners


def test_group_when_a_banner_names_the_new_repository_joins_them_and_says_where_it_stands() -> None:
    old = a_record("attic/old-otter", source="old", moved_to=NEW, title="Otters", reader="deep_v1")
    new = a_record("hub/otter-counter", title="Count them")

    (found,) = group([old, new], []).groups

    assert [(each.kind, each.detail) for each in found.evidence] == [
        ("banner", f"README.md line 3 of {OLD} says that it is maintained in {NEW}"),
    ]


def test_group_when_the_banner_names_a_mirror_first_takes_the_repository_that_is_known() -> None:
    old = a_record("attic/old-otter", source="old", moved_to=["gitlab.lab.eu/team/otter-counter", NEW])

    assert together([old, a_record("hub/otter-counter")]) == {frozenset({OLD, NEW})}


def test_group_when_the_banner_leads_out_of_what_we_know_joins_nothing() -> None:
    old = a_record("attic/old-otter", source="old", moved_to=["ai4eosc.eu/wp-content/otter.png", "github.com/hub"])

    assert together([old, a_record("hub/otter-counter"), a_record("hub/stork", title="Storks")]) == set()


def test_group_when_the_banner_names_the_target_by_its_former_name_follows_the_rename() -> None:
    old = a_record("attic/old-otter", source="old", moved_to="github.com/hub/otterv8")
    new = a_record("hub/otter-counter", repository=[NEW, "github.com/hub/otterv8"])

    assert together([old, new]) == {frozenset({OLD, NEW})}


def test_group_when_nobody_told_of_the_rename_finds_the_target_by_its_words_and_the_text() -> None:
    old = a_record("attic/DEEP-OC-otterv8_api", source="old", moved_to="github.com/hub/ai4os-otterv8-torch",
                   title="OtterV8 model", summary=TEXT)
    new = a_record("hub/ai4os-otter-torch", title="Otter models", description=f"{TEXT}. And much more of that kind.")

    assert kinds(group([old, new], []), old.key, new.key)[0] == "banner-to-former-name"


def test_group_when_a_lost_target_has_the_words_of_a_stranger_joins_nothing() -> None:
    old = a_record("attic/counter", source="old", moved_to="github.com/elsewhere/otter", title="Badgers")
    stranger = a_record("hub/otter", title="Otters", summary="Nothing alike at all in here")

    assert together([old, stranger]) == set()


def test_group_when_the_banner_names_two_of_ours_takes_the_one_that_is_alike() -> None:
    old = a_record("attic/old-stork", source="old", moved_to=["github.com/hub/otter", "github.com/hub/stork-spotter"],
                   title="Stork spotter")
    otter, stork = a_record("hub/otter", title="Otters"), a_record("hub/stork-spotter", title="Stork spotter")

    assert together([old, otter, stork]) == {frozenset({old.key, stork.key})}


def test_group_when_the_banner_names_two_of_ours_and_none_is_alike_joins_none_and_tells() -> None:
    targets = ["github.com/hub/otter", "github.com/hub/stork"]
    old = a_record("attic/heron", source="old", moved_to=targets, title="Herons")

    grouping = group([old, a_record("hub/otter", title="Otters"), a_record("hub/stork", title="Storks")], [])

    assert joined(grouping) == set()
    assert [each.message for each in grouping.findings] == [
        "github.com/attic/heron may be the same module as github.com/hub/otter: its banner names several repositories,"
        " none of them alike: github.com/hub/otter, github.com/hub/stork; they are kept apart.",
    ]


def test_group_when_a_fork_copied_the_banner_joins_only_the_original() -> None:
    original = a_record("attic/old-otter-counter", source="old", moved_to=NEW, title="Otter counter")
    fork = a_record("someone/seal-finder", source="other", moved_to=NEW, title="Seal finder")

    grouping = group([original, fork, a_record("hub/otter-counter", title="Otter counter")], [])

    assert joined(grouping) == {frozenset({original.key, NEW})}
    assert [each.code for each in grouping.findings] == ["identity-doubtful"]


def test_group_when_a_child_in_the_same_catalogue_copied_the_banner_keeps_it_apart() -> None:
    child = a_record("hub/seal-finder", moved_to=NEW, title="Seal finder")

    grouping = group([child, a_record("hub/otter-counter", title="Otter counter")], [])

    assert joined(grouping) == set()
    assert len(grouping.findings) == 1


# Metadata that names the other repository


def test_group_when_the_old_metadata_names_the_new_repository_joins_them() -> None:
    old = a_record("attic/uc-lab-deep-oc-otter-counter", source="old", names_repository=NEW, title="Otters of old")
    new = a_record("hub/otter-counter", names_repository=NEW, title="Otters")

    assert kinds(group([old, new], []), old.key, NEW)[0] == "names-repository"


def test_group_when_children_name_the_parents_code_as_their_own_keeps_all_apart() -> None:
    parent = a_record("hub/otter-counter", names_repository=NEW, title="Otters")
    children = [
        a_record(f"lab/{name}", source="lab", names_repository=NEW, code=NEW, title=name)
        for name in ("seal-finder", "stork-spotter")
    ]

    assert together([parent, *children]) == set()


def test_group_when_metadata_names_its_own_repository_too_does_not_follow_the_other() -> None:
    record = a_record("lab/otter-counter", source="lab", names_repository=["github.com/lab/otter-counter", NEW])

    assert together([record, a_record("hub/otter-counter", title="Otters")]) == set()


def test_group_when_an_unedited_child_stands_beside_its_parent_in_one_catalogue_keeps_them_apart() -> None:
    parent = a_record("hub/otter-counter", names_repository=NEW, title="Otter counter", image="docker.io/hub/otter")
    child = a_record("hub/seal-finder", names_repository=NEW, title="Otter counter", image="docker.io/hub/otter")

    grouping = group([parent, child], [])

    assert joined(grouping) == set()
    assert [each.code for each in grouping.findings] == ["identity-doubtful"]


# Images


def test_group_when_two_name_an_image_that_nobody_else_has_joins_them() -> None:
    image = "docker.io/hub/otter-counter"
    records = [a_record("hub/otter-counter", image=image, title="Otters"),
               a_record("attic/otter_counter_api", source="old", image=image, title="Counting")]

    assert kinds(group(records, []), *(each.key for each in records))[0] == "same-image"


def test_group_when_three_share_an_image_does_not_take_it_for_identity() -> None:
    image = "docker.io/hub/otter-counter"
    names = ("a/otter-one", "b/otter-two", "c/seal")
    records = [a_record(name, source=name, image=image, title=name) for name in names]

    assert together(records) == set()


# Likeness


def test_group_when_title_and_name_agree_joins_across_catalogues() -> None:
    old = a_record("attic/DEEP-OC-otter_det", source="old", title="Otter  Detection!")
    new = a_record("hub/otter-detector", title="otter detection")

    assert kinds(group([old, new], []), old.key, new.key)[:2] == ["equal-title", "related-names"]


def test_group_when_only_the_title_agrees_joins_nothing() -> None:
    records = [a_record("a/otter", source="a", title="River life"), a_record("b/seal", title="River life")]

    assert together(records) == set()


def test_group_when_one_catalogue_lists_both_does_not_join_by_title() -> None:
    names = ("hub/otter-counter", "hub/otter-counters")
    records = [a_record(name, title="Otter counter", summary=TEXT) for name in names]

    assert together(records) == set()


def test_group_when_unrelated_modules_bear_a_title_of_common_words_keeps_them_apart() -> None:
    records = [
        a_record("a/image-classification-tf", source="a", title="Image classification", summary=TEXT),
        a_record("b/image-classification", source="b", title="Image Classification",
                 summary="Sorts the pictures of a shop by what is for sale on each of them today"),
        a_record("c/otter", source="c", title="Image classification", commits=["1", "2"], summary=TEXT),
    ]

    assert together(records) == set()


def test_group_when_common_words_agree_in_title_and_name_and_text_joins_them() -> None:
    records = [
        a_record("a/DEEP-OC-image-classification-tf", source="a", title="Train an image classifier", summary=TEXT),
        a_record("b/ai4os-image-classification-tf", source="b", title="Train an image classifier", summary=TEXT),
    ]

    assert len(together(records)) == 1


def test_group_when_only_an_old_file_still_bears_the_parents_title_keeps_the_child_apart() -> None:
    parent = a_record("attic/otter-counter", source="old", title="Otter counter", summary=TEXT, commits=["1", "2"])
    child = a_record("hub/seal-finder", title="Seal finder", summary=TEXT, commits=["1", "2"],
                     statements=a_record("hub/seal-finder", title="Otter counter", reader="deep_v1").statements)

    assert together([parent, child]) == set()


def test_group_when_nothing_but_history_is_shared_joins_nothing() -> None:
    commits = [str(each) for each in range(200)]
    records = [a_record(name, source=name, title=name, commits=commits, summary=TEXT) for name in ("a/otter", "b/seal")]

    assert together(records) == set()


def test_group_when_names_texts_and_day_agree_joins_what_was_given_a_new_title() -> None:
    day = "2023-08-09"
    old = a_record("attic/otter_counter", source="old", title="Counting", summary=TEXT, dates__created=day)
    new = a_record("hub/otter-counter", title="Otters", summary=TEXT, dates__created=day)

    assert kinds(group([old, new], []), old.key, new.key)[0] == "equal-name"


# Successors


def test_group_when_something_replaces_it_states_a_relation_and_no_merge() -> None:
    old = a_record("attic/old-otter", source="old", replaced_by=NEW, title="Otter counter", summary=TEXT)
    new = a_record("hub/otter-counter", title="Otter counter", summary=TEXT)

    grouping = group([old, new], [])

    assert joined(grouping) == set()
    assert [(each.type, each.a, each.b) for each in grouping.relations] == [("successor", OLD, NEW)]


def test_group_when_a_catalogues_commit_says_that_one_replaces_another_states_the_same_relation_once() -> None:
    old = a_record("attic/old-otter", source="old", replaced_by=NEW, title="Otter counter", summary=TEXT)
    silent = a_record("attic/old-otter", source="old", title="Otter counter", summary=TEXT)
    new = a_record("hub/otter-counter", replaces=OLD, title="Otter counter", summary=TEXT)

    for records in ([old, new], [silent, new]):
        grouping = group(records, [])
        assert joined(grouping) == set()
        assert [(each.type, each.a, each.b) for each in grouping.relations] == [("successor", OLD, NEW)]
    assert blocking_keys(silent) & blocking_keys(new)


# Commits of a catalogue


def test_group_when_a_catalogues_commit_says_renamed_joins_what_nothing_else_does() -> None:
    commit = a_statement("evidence.catalogue_rename", OLD, entry=NEW, reader="listing", commit="0123456789abcdef")
    old, new = a_record("attic/old-otter", source="old", title="Seals"), a_record("hub/otter-counter", title="Otters")
    told = replace(new, statements=(*new.statements, commit))

    assert joined(group([old, new], [])) == set()
    (found,) = [each for each in group([old, told], []).groups if len(each.members) > 1]
    assert [(each.kind, each.detail) for each in found.evidence] == [(
        "catalogue-commit",
        f"{NEW}: commit 0123456789 of the catalogue says that {OLD} was renamed to it",
    )]
    assert blocking_keys(old) & blocking_keys(told)


def test_group_when_one_catalogue_lists_what_it_says_was_renamed_keeps_both_and_tells() -> None:
    old, new = a_record("attic/old-otter"), a_record("hub/otter-counter", catalogue_rename=OLD)

    grouping = group([old, new], [])

    assert joined(grouping) == set()
    assert [each.message for each in grouping.findings] == [
        f"{NEW} may be the same module as {OLD}: a commit of the catalogue says that {OLD} was renamed to it, but one"
        " catalogue lists both; they are kept apart."
    ]


def test_group_when_a_commit_names_what_another_was_before_joins_by_the_former_name() -> None:
    old = a_record("attic/otters", source="old", title="Seals", repository=["github.com/attic/otters", OLD])
    new = a_record("hub/otter-counter", title="Otters", catalogue_rename=OLD)

    assert together([old, new]) == {frozenset({old.key, NEW})}


def test_group_when_a_banner_says_more_than_a_commit_the_banner_joins() -> None:
    assert STRENGTH["names-repository"] > STRENGTH["catalogue-commit"] > STRENGTH["equal-title"]
    old = a_record("attic/old-otter", source="old", moved_to="github.com/hub/seal", title="Seals")
    seal, otter = a_record("hub/seal", title="Seals"), a_record("hub/otter-counter", catalogue_rename=OLD)

    assert together([old, seal, otter]) == {frozenset({OLD, seal.key})}


# Chains


def test_group_when_two_of_one_catalogue_lead_to_one_module_joins_the_better_and_tells_of_the_other() -> None:
    better = a_record("attic/otter-counter", source="old", moved_to=NEW, title="Otter counter")
    weaker = a_record("attic/otter-lab", source="old", moved_to=NEW, title="Otter counter lab")

    grouping = group([weaker, a_record("hub/otter-counter", title="Otter counter"), better], [])

    assert joined(grouping) == {frozenset({better.key, NEW})}
    assert [each.entry for each in grouping.findings] == [weaker.key]


# Rulings


def test_group_when_a_curator_splits_wins_over_the_forge_itself() -> None:
    records = [a_record("hub/otter", numeric_id="7"), a_record("attic/otter", source="old", numeric_id="7")]

    assert together(records, [Ruling("split", frozenset(each.key for each in records))]) == set()


def test_group_when_a_curator_splits_holds_also_against_a_chain() -> None:
    first = a_record("a/otter", source="a", moved_to="github.com/b/otter")
    middle = a_record("b/otter", source="b", moved_to="github.com/c/otter")
    last = a_record("c/otter", source="c")

    found = together([first, middle, last], [Ruling("split", frozenset({first.key, last.key}))])

    assert all(not {first.key, last.key} <= each for each in found)
    assert len(found) == 1


def test_group_when_a_curator_joins_strangers_of_one_catalogue_joins_them() -> None:
    records = [a_record("hub/otter", title="Otters"), a_record("hub/seal", title="Seals")]
    keys = frozenset(each.key for each in records)

    assert together(records, [Ruling("join", keys)]) == {keys}
    assert together(records, [Ruling("join", keys), Ruling("split", keys)]) == set()
