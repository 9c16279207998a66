"""Files people give us: kept encrypted under the hash of what they were, never changed.

What other people look at is a viewing copy made anew from the pixels, so that no place, device or name travels in it.
"""

from __future__ import annotations

import hashlib
import io
import os
import warnings
from pathlib import Path

from network_app.core.crypto import keyring
from network_app.core.errors import Invalid, NotFound
from network_app.core.i18n import lazy

LARGEST = 25 * 1024 * 1024
MOST_PIXELS = 50_000_000
LONGEST_SIDE = 2048
FORMATS = ("JPEG", "PNG", "WEBP")

_root: Path | None = None


def use_folder(data_dir: Path) -> None:
    """Set where this process keeps files, once at start."""
    global _root
    _root = data_dir / "files"


def _path(sha256: str) -> Path:
    if _root is None:
        raise RuntimeError("the file store is not set")
    return _root / sha256[:2] / sha256


def keep(data: bytes) -> str:
    """Keep `data` for good; returns its SHA-256 as hex. Keeping the same bytes twice keeps them once."""
    sha256 = hashlib.sha256(data).hexdigest()
    path = _path(sha256)
    if path.exists():
        return sha256
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # A rename is whole or not at all: a full disk or a kill leaves no half file under the final name.
    partial = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        with partial.open("xb") as target:
            target.write(keyring().seal(data, f"file:{sha256}"))
            target.flush()
            os.fsync(target.fileno())
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)
    return sha256


def fetch(sha256: str) -> bytes:
    """The bytes that were kept, checked against their hash. Raises NotFound, or ValueError if they were changed."""
    path = _path(sha256)
    if not path.exists():
        raise NotFound()
    data = keyring().open(path.read_bytes(), f"file:{sha256}")
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ValueError("a kept file is not what it was")
    return data


def viewing_copy(data: bytes, field: str = "photo") -> bytes:
    """A JPEG of the picture for other people's eyes, with nothing in it but pixels. Raises Invalid."""
    # Loaded here: the bot and the worker keep files but never look at pictures, and it costs them 7 MB each.
    from PIL import Image, ImageOps

    refused = Invalid(
        lazy("This is not a photo that we can open. Please send a JPEG, PNG or WebP picture."), field=field
    )
    if len(data) > LARGEST:
        raise Invalid(lazy("This photo is too large. Please send one of at most 25 MB."), field=field)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=FORMATS)
            # Safety: a small file can claim a gigantic picture and take all the memory there is.
            if picture.width * picture.height > MOST_PIXELS:
                raise refused
            upright = ImageOps.exif_transpose(picture).convert("RGB")
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            bare = Image.frombytes("RGB", upright.size, upright.tobytes())
    except (
        OSError,
        ValueError,
        SyntaxError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise refused from error
    copy = io.BytesIO()
    bare.save(copy, "JPEG", quality=85)
    return copy.getvalue()
