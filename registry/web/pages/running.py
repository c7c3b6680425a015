"""The run panel: what to type to have a module running, in the order one does it.

Modules of these catalogues answer the DEEPaaS API on port 5000 of their image, with its forms under `/api`; tools
bring their own interface, so for them only the start is told. What was harvested is quoted: people paste these lines
into a shell.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from vocab.module import Module

PORT = 5000
_GPU = "Add --gpus all where there is a GPU."
# A file that somebody trying this kind of model has at hand.
_SAMPLE = {
    "image": "photo.jpg",
    "video": "clip.mp4",
    "audio": "sound.wav",
    "text": "text.txt",
    "time-series": "series.csv",
    "tabular": "table.csv",
}


@dataclass(frozen=True, slots=True)
class RunStep:
    """One step: what it does, the line to type or the address to open, a remark."""

    title: str
    command: str | None = None
    address: str | None = None
    remark: str | None = None


def run_steps(module: Module) -> tuple[RunStep, ...]:
    """The steps for a module; empty when nothing says what could be run."""
    image = next((each for each in module.distributions if each.kind == "image" and each.pull), None)
    if image is None:
        return _from_source(module)
    name = shlex.quote(image.pull or "")
    if module.type == "tool":
        return (
            RunStep("Start it", f"docker run --rm -ti {name}", remark="Ports and settings: see the documentation."),
        )
    sample = next((_SAMPLE[each] for each in module.data_types if each in _SAMPLE), "input.dat")
    api = f"http://localhost:{PORT}"
    model = 'python3 -c \'import json,sys; print(json.load(sys.stdin)["models"][0]["id"])\''
    return (
        RunStep("Start the module", f"docker run --rm -ti -p {PORT}:{PORT} {name}", remark=_GPU),
        RunStep("Open its API in the browser", address=f"{api}/api", remark="Every input has a form there."),
        RunStep("Ask for its name", f"MODEL=$(curl -s {api}/v2/models/ | {model})"),
        RunStep(
            "Make a first prediction",
            f'curl -X POST "{api}/v2/models/$MODEL/predict/" -H "accept: application/json" -F "data=@{sample}"',
            remark="Some models call the input files or image: the form in the browser says which.",
        ),
        RunStep("Without root", f"udocker run -p {PORT}:{PORT} {name}"),
    )


def _from_source(module: Module) -> tuple[RunStep, ...]:
    code = next((link.url for link in module.links if link.rel == "source_code"), None)
    if code is None:
        return ()
    folder = shlex.quote(code.rstrip("/").rsplit("/", 1)[-1].removesuffix(".git"))
    return (
        RunStep("Get the code", f"git clone {shlex.quote(code)}"),
        RunStep("Install and start it", f"pip install -e {folder} && deepaas-run --listen-port {PORT}"),
        RunStep("Open its API in the browser", address=f"http://localhost:{PORT}/api"),
    )
