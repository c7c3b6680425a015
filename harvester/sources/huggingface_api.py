"""The calls of the Hugging Face Hub that a harvest needs, typed: the models of an author, one model, a file of one.

An author that does not exist has an empty list, and a filter that the Hub does not know widens the list to all of it:
every row is checked against what was asked. Its limits come as `RateLimit: "api";r=0;t=55`, which the client reads.
Border: what a model card says is read in `vocab.readers`.
"""

from __future__ import annotations

from typing import Annotated, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from harvester.answers import Answer, Credential
from harvester.client import Client
from harvester.endpoints import origin
from harvester.errors import ListingUnusable, Refused, TooLarge, UnexpectedAnswer
from harvester.sources.repository_files import MAX_FILE

T = TypeVar("T")
# 401 is what a missing model is answered to those who are not known, 403 what the files of one are answered whose
# readers must ask its owner first.
NO_VALUE = frozenset({401, 403, 404, 410, 451})
_MOST_PAGES = 100

Id = Annotated[str, StringConstraints(pattern=r"^[\w.-]+(/[\w.-]+)?$", max_length=200)]


class Sibling(BaseModel):
    """One file of a model."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    rfilename: str


class Model(BaseModel):
    """One model, of what is said of it the part that we rely on."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: Id
    sha: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}$")] | None = None
    private: bool = False
    disabled: bool = False
    gated: bool | str = False
    pipeline_tag: str | None = None
    library_name: str | None = None
    tags: list[str] = Field(default_factory=list)
    siblings: list[Sibling] = Field(default_factory=list)
    downloads: int = 0
    likes: int = 0


_MODEL = TypeAdapter(Model)
_OBJECTS = TypeAdapter(list[dict[str, object]])


class HubApi:
    """The Hub, as one source with one credential sees it."""

    def __init__(self, client: Client, address: str, credential: Credential | None) -> None:
        self._client = client
        self._address = address
        self._credential = credential

    def models_of(self, author: str) -> tuple[list[Model], bool]:
        """All models of an author, in the order in which they were made.

        Returns:
            The models, and whether they are all: one whose row is not as promised is left out.

        Raises:
            ListingUnusable: the list does not end, or shows models of others.
        """
        url: str | None = (
            f"{self._address}/api/models?author={quote(author, safe='')}&sort=createdAt&direction=1&limit=100&full=true"
        )
        shown: dict[str, Model] = {}
        seen: set[str] = set()
        whole = True
        while url:
            if url in seen or len(seen) >= _MOST_PAGES or origin(url) != origin(self._address):
                raise ListingUnusable(f"The list of models of {author} does not end.", url=url)
            seen.add(url)
            answer = self._client.get(url, credential=self._credential)
            for row in _checked(answer, _OBJECTS, url):
                model = _model(row)
                whole = whole and model is not None
                if model is None:
                    continue
                if model.id.partition("/")[0].casefold() != author.casefold():
                    raise ListingUnusable(f"The list of models of {author} shows {model.id}, which is another's.")
                shown[model.id] = model
            self._client.keep(answer, self._credential)
            url = answer.links.get("next")
        return list(shown.values()), whole

    def model(self, name: str) -> tuple[Model | None, Answer]:
        """One model by its id, with the whole answer; renames are followed."""
        url = f"{self._address}/api/models/{quote(name)}"
        answer = self._client.get(url, credential=self._credential, answers=NO_VALUE)
        if self._is_none(answer):
            return None, answer
        model = _checked(answer, _MODEL, url)
        self._client.keep(answer, self._credential)
        return model, answer

    def file(self, name: str, commit: str, path: str) -> tuple[bytes | None, str, bool]:
        """The bytes of a file at a commit (None when they are not to be had), its address, whether it is too large."""
        url = f"{self._address}/{quote(name)}/raw/{commit}/{quote(path)}"
        try:
            answer = self._client.get(
                url, credential=self._credential, conditional=False, max_bytes=MAX_FILE, answers=NO_VALUE
            )
        except TooLarge:
            return None, url, True
        if self._is_none(answer):
            return None, url, False
        if answer.status != 200:
            raise UnexpectedAnswer(f"The answer ({answer.status}) is no file.", url=url, status=answer.status)
        return answer.body, url, False

    def _is_none(self, answer: Answer) -> bool:
        """Whether there is nothing to be had at an address. Raises `Refused` when it is for the credential."""
        if answer.status == 401 and self._credential is not None:
            raise Refused("The server does not accept the credential (401).", url=answer.url, status=401)
        return answer.status in NO_VALUE

    def is_alive(self) -> bool:
        """Whether the server answers at all."""
        return self._client.get(self._address, credential=self._credential, method="HEAD").status > 0


def _checked(answer: Answer, shape: TypeAdapter[T], url: str) -> T:
    try:
        if answer.status == 200:
            return shape.validate_json(answer.body)
    except ValidationError:
        pass
    what = "an HTML page" if answer.body[:200].lstrip().startswith(b"<") else "broken or of another form"
    seen = f"The answer ({answer.status}) is {what}, not what the Hub promises."
    raise UnexpectedAnswer(seen, url=url, status=answer.status)


def _model(row: dict[str, object]) -> Model | None:
    try:
        return _MODEL.validate_python(row)
    except ValidationError:
        return None
