"""Files are kept once and unchanged; what others see of a picture is nothing but its pixels."""

from __future__ import annotations

import io
import struct
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from network_app.core import crypto, files
from network_app.core.crypto import Keyring
from network_app.core.errors import Invalid, NotFound

KEY = "1:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(crypto, "_keyring", Keyring([KEY]))
    monkeypatch.setattr(files, "_root", tmp_path / "files")
    return tmp_path / "files"


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 30)) -> bytes:
    shown = Image.new("RGB", size, (200, 30, 30))
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "PHONE-CANARY", 6
    exif.get_ifd(0x8825)[1] = "N"
    data = io.BytesIO()
    if kind == "PNG":
        words = PngImagePlugin.PngInfo()
        words.add_text("Author", "AUTHOR-CANARY")
        shown.save(data, kind, exif=exif, pnginfo=words)
    else:
        shown.save(data, kind, exif=exif, comment="COMMENT-CANARY") if kind == "JPEG" else shown.save(
            data, kind, exif=exif
        )
    return data.getvalue()


def test_the_same_bytes_are_kept_once_and_sealed(folder: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        names = set(threads.map(files.keep, [b"evidence " * 100] * 16))
    assert len(names) == 1
    [path] = kept(folder)
    assert b"evidence" not in path.read_bytes()
    assert files.fetch(path.name) == b"evidence " * 100


def test_a_changed_byte_of_a_kept_file_is_found(folder: Path) -> None:
    sha256 = files.keep(b"the award of the council")
    [path] = kept(folder)
    sealed = bytearray(path.read_bytes())
    sealed[-1] ^= 1
    path.write_bytes(bytes(sealed))
    with pytest.raises(InvalidTag):
        files.fetch(sha256)


def test_a_file_put_in_the_place_of_another_is_found(folder: Path) -> None:
    one, other = files.keep(b"one"), files.keep(b"other")
    (folder / one[:2] / one).write_bytes((folder / other[:2] / other).read_bytes())
    with pytest.raises(InvalidTag):
        files.fetch(one)


def test_what_was_never_kept_is_not_found(folder: Path) -> None:
    with pytest.raises(NotFound):
        files.fetch("ab" * 32)


def test_a_full_disk_leaves_no_half_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("network_app.core.files.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.keep(b"evidence")
    assert kept(folder) == []


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_viewing_copy_holds_no_place_device_or_name(kind: str) -> None:
    original = picture(kind)
    assert b"PHONE-CANARY" in original
    copy = files.viewing_copy(original)
    assert b"CANARY" not in copy
    with Image.open(io.BytesIO(copy)) as shown:
        assert shown.format == "JPEG" and not shown.getexif()
        # It was upright on the phone, and still is.
        assert shown.size == (30, 60)


def test_a_large_picture_becomes_small_enough_for_a_phone() -> None:
    with Image.open(io.BytesIO(files.viewing_copy(picture(size=(5000, 4000))))) as shown:
        assert max(shown.size) == files.LONGEST_SIDE


def bomb() -> bytes:
    """A PNG of some hundred bytes that claims 100,000 x 100,000 pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    size = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    )


HOSTILE = {
    "nothing": b"",
    "words": b"this is not a picture",
    "page": b"<script>alert(1)</script>",
    "drawing": b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
    "half a jpeg": picture()[: len(picture()) // 2],
    "only a beginning": picture("PNG")[:40],
    "a bomb": bomb(),
    "a gif": b"GIF89a" + bytes(50),
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n",
    "a tiff": b"II*\0" + bytes(100),
}


def test_a_small_file_with_too_many_pixels_is_refused_before_it_takes_the_memory() -> None:
    # Whole and honest, and below the limit of the library itself.
    data = io.BytesIO()
    Image.new("1", (8000, 8000)).save(data, "PNG")
    assert len(data.getvalue()) < 100_000
    with pytest.raises(Invalid):
        files.viewing_copy(data.getvalue())


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_photo_is_refused_with_what_to_send(name: str) -> None:
    with pytest.raises(Invalid, match="JPEG, PNG or WebP") as refused:
        files.viewing_copy(HOSTILE[name], "photo")
    assert refused.value.field == "photo"


def test_a_photo_that_is_too_large_is_refused_with_the_limit() -> None:
    with pytest.raises(Invalid, match="25 MB"):
        files.viewing_copy(picture() + bytes(files.LARGEST))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    kind=st.sampled_from(["JPEG", "PNG", "WEBP"]),
    changes=st.lists(st.tuples(st.integers(0, 700), st.integers(0, 255)), min_size=1, max_size=12),
    cut=st.integers(0, 800),
)
def test_no_damaged_picture_breaks_anything(kind: str, changes: list[tuple[int, int]], cut: int) -> None:
    data = bytearray(picture(kind))
    for place, byte in changes:
        data[place % len(data)] = byte
    try:
        copy = files.viewing_copy(bytes(data[: max(30, cut)]))
    except Invalid:
        # Refused by name, which the form shows; nothing else may come out.
        return
    assert copy.startswith(b"\xff\xd8\xff")
