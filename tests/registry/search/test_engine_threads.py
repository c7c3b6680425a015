"""One engine serves many threads of a web server while the index is first opened, swapped and written."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.search.engine import Query
from registry.search.tantivy_engine import EmbeddedEngine
from tests.support.clock import HandClock
from vocab.module import Module

THREADS, ROUNDS = 8, 25


@pytest.fixture(autouse=True)
def restless() -> Iterator[None]:
    """Threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_engine_in_many_threads_answers_all_of_them_whatever_happens_to_the_index(tmp_path: Path) -> None:
    modules = [Module(slug=f"m{number}", uri=f"urn:m{number}", title=f"Plankton {number}") for number in range(5)]
    writing = EmbeddedEngine(tmp_path, HandClock())
    writing.rebuild(modules, 1)
    trouble: list[str] = []
    for _ in range(ROUNDS):
        clock = HandClock()
        engine, start = EmbeddedEngine(tmp_path, clock), threading.Barrier(THREADS)

        def ask(engine: EmbeddedEngine = engine, start: threading.Barrier = start, clock: HandClock = clock) -> None:
            start.wait()
            for _ in range(3):
                try:
                    assert engine.search(Query("planktn")).total == 5
                    assert engine.sequence() == 1
                except (AttributeError, AssertionError, RuntimeError, ValueError) as error:
                    trouble.append(repr(error))
                clock.advance(2)  # time to look whether there is a newer index

        threads = [threading.Thread(target=ask) for _ in range(THREADS)]
        for thread in threads:
            thread.start()
        writing.rebuild(modules, 1)
        for thread in threads:
            thread.join()
        engine.close()
    assert trouble == []
