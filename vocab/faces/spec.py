"""What a face is: a row of `vocab.faces.FACES`, what its functions are given, and how it stands in OAI-PMH.

Border: the shape of the rows only; how a format is written stands in the face's own file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from vocab.module import Module


@dataclass(frozen=True, slots=True)
class FaceContext:
    """What a face needs to know of the registry that publishes the module.

    `titles_of` gives the titles of other modules by slug, for relations.
    """

    base_url: str
    repository_id: str
    repository_name: str
    admin_email: str
    publisher: str
    titles_of: Mapping[str, str] = field(default_factory=dict)


Render: TypeAlias = Callable[[Module, FaceContext], bytes]
RenderAll: TypeAlias = Callable[[Module, FaceContext], dict[str, bytes]]


@dataclass(frozen=True, slots=True)
class Serialisation:
    """One way to write a face: its media type, the ending of its documents' addresses, the function."""

    media_type: str
    extension: str
    render: Render


@dataclass(frozen=True, slots=True)
class OaiFormat:
    """How OAI-PMH announces a face. Its document is one XML element without declaration, valid by `schema`."""

    prefix: str
    namespace: str
    schema: str
    element: str


@dataclass(frozen=True, slots=True)
class FaceSpec:
    """One row: a name, a title for people, the profile's IRI, and the serialisations, the default one first.

    `render_all` gives all of them by extension, where that is less work than one after the other.
    """

    name: str
    title: str
    profile: str
    serialisations: tuple[Serialisation, ...]
    oai: OaiFormat | None = None
    render_all: RenderAll | None = None

    @property
    def media_type(self) -> str:
        """The media type of the default serialisation."""
        return self.serialisations[0].media_type

    @property
    def extension(self) -> str:
        """The ending of the default serialisation, without the dot."""
        return self.serialisations[0].extension

    def render(self, module: Module, context: FaceContext, media_type: str | None = None) -> bytes:
        """The module in this face. Raises `KeyError` for a media type that the face does not have."""
        return self.serialisation(media_type or self.media_type).render(module, context)

    def documents(self, module: Module, context: FaceContext) -> dict[str, bytes]:
        """The module in all serialisations of this face, by extension."""
        if self.render_all is not None:
            return self.render_all(module, context)
        return {each.extension: each.render(module, context) for each in self.serialisations}

    def serialisation(self, media_type: str) -> Serialisation:
        """The serialisation with this media type. Raises `KeyError` when there is none."""
        for each in self.serialisations:
            if each.media_type == media_type:
                return each
        raise KeyError(f"{self.name} has no {media_type}; it has {', '.join(self.media_types())}")

    def media_types(self) -> tuple[str, ...]:
        """All media types, the default one first."""
        return tuple(each.media_type for each in self.serialisations)
