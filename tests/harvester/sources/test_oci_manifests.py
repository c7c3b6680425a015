"""What a manifest is, told by its shape, and digests that fit or do not."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harvester.sources.oci_manifests import Shape, fits, is_digest, manifest_of
from tests.support.small_oci import CONFIG, MANIFEST, digest_of


@pytest.mark.parametrize(("form", "shape", "below"), [
    ({"manifests": []}, Shape.INDEX, None),
    ({"manifests": [None, 7, {"digest": "sha256:short"}]}, Shape.INDEX, None),
    ({"manifests": [{"digest": digest_of(b"i"), "mediaType": "application/vnd.oci.image.index.v1+json"}]},
     Shape.INDEX, None),
    ({"manifests": [{"digest": digest_of(b"a"), "artifactType": "application/x"}, {"digest": digest_of(b"b")}]},
     Shape.INDEX, digest_of(b"b")),
    ({"manifests": [{"digest": digest_of(b"a"), "platform": {"os": "linux", "architecture": "arm64"}},
                    {"digest": digest_of(b"b"), "platform": {"os": "windows", "architecture": "amd64"}}]},
     Shape.INDEX, digest_of(b"a")),
    ({"config": {"digest": digest_of(b"c"), "mediaType": CONFIG}, "layers": []}, Shape.IMAGE, digest_of(b"c")),
    ({"config": {"digest": digest_of(b"c"), "mediaType": "application/vnd.helm"}, "layers": None}, Shape.IMAGE, None),
    ({"fsLayers": []}, Shape.SCHEMA1, None),
])
def test_manifest_is_known_by_its_shape(form: object, shape: Shape, below: str | None) -> None:
    found = manifest_of(json.dumps(form).encode())
    assert found is not None
    assert (found.shape, found.below) == (shape, below)


@pytest.mark.parametrize("form", [{}, [], 7, {"config": {"Labels": {}}}, {"config": 1}, {"mediaType": MANIFEST}])
def test_something_else_is_no_manifest(form: object) -> None:
    assert manifest_of(json.dumps(form).encode()) is None


@pytest.mark.parametrize(("text", "good"), [
    (digest_of(b""), True), ("sha512:" + "0" * 128, True), ("sha256:" + "0" * 63, False), ("md5:" + "0" * 32, False),
    (None, False), (digest_of(b"") + "\n", False),
])
def test_digest_is_of_a_kind_that_can_be_checked(text: object, good: bool) -> None:
    assert is_digest(text) == good
    assert not (isinstance(text, str) and not good and fits(b"", text))


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_have_their_own_digest_and_no_other(body: bytes) -> None:
    assert fits(body, digest_of(body))
    assert not fits(body + b" ", digest_of(body))
    assert manifest_of(body) is None


@pytest.mark.corpus
def test_manifests_that_others_test_with_are_read_by_their_names(shared: Path) -> None:
    folder = shared / "recordings" / "oci" / "fixtures"
    shapes: dict[str, Shape | None] = {}
    for file in sorted(folder.glob("*.json")):
        found = manifest_of(file.read_bytes())
        shapes[file.stem] = found.shape if found else None

    none = {name for name, shape in shapes.items() if shape is None}
    manifests = ("for-oci-config", "extra-config-fields")  # of schema 1, and with a field too many
    assert none == {name for name in shapes if "-config" in name and not name.endswith(manifests)}
    indexes = {name for name, shape in shapes.items() if shape is Shape.INDEX}
    assert indexes == {name for name in shapes if "list" in name or "index" in name}
    assert all(shapes[name] is Shape.SCHEMA1 for name in shapes if "v2s1" in name)
    # The digest by which this signed manifest is known is that of what was signed.
    signed = (folder / "manifest-testdata-v2s1.manifest.json").read_bytes()
    assert fits(signed, "sha256:7364fea9d84ee548ab67d4c46c6006289800c98de3fbf8c0a97138dfcc23f000")
