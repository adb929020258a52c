"""Bytes of an image file to pixels: upright, three channels of 8 or 16 bit, in the file's own colour space where that is a matrix."""

from __future__ import annotations

from collections.abc import Callable

import PIL.Image

from likeness.errors import LikenessError
from likeness.files.heif import decode_heif
from likeness.files.pillow import decode_with_pillow
from likeness.files.quiet import pillow_under_our_rules
from likeness.files.raw import decode_raw
from likeness.files.request import AGAIN, GIVE, Decoded, Request

_RAW = """
    .3fr .arw .cr2 .cr3 .crw .dcr .dng .erf .fff .iiq .kdc .mef .mos
    .mrw .nef .nrw .orf .pef .raf .raw .rw2 .rwl .sr2 .srf .srw .x3f
"""
RAW_SUFFIXES = frozenset(_RAW.split())
HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1", b"miaf")
AVIF_BRANDS = (b"avif", b"avis")


def decode(request: Request) -> Decoded:
    """The picture in ``request``; of an animation or burst the first. LikenessError when there is none, or not all of it."""
    try:
        with pillow_under_our_rules(request.limit_mp):
            return _decoder(request)(request)
    except LikenessError:
        raise
    except PIL.UnidentifiedImageError as error:
        raise LikenessError("is not an image that can be read", where=request.path, hint=GIVE) from error
    except PIL.Image.DecompressionBombError as error:
        raise LikenessError("unpacks to more pixels than the limit", where=request.path, hint="give a smaller picture") from error
    except MemoryError as error:
        raise LikenessError("does not fit into memory", where=request.path, hint="give a smaller picture") from error
    except Exception as error:  # a decoder may raise anything over a file that is not what it says
        raise LikenessError(f"is cut short or damaged ({_reason(error)})", where=request.path, hint=AGAIN) from error


def _decoder(request: Request) -> Callable[[Request], Decoded]:
    """Who decodes it. RAW files go by suffix: most are TIFFs that hold a thumbnail, which is not the photo."""
    if request.path.suffix.lower() in RAW_SUFFIXES:
        return decode_raw
    brands = [request.data[at : at + 4] for at in range(8, 64, 4)] if request.data[4:8] == b"ftyp" else []
    is_heif = any(brand in HEIF_BRANDS for brand in brands) and not any(brand in AVIF_BRANDS for brand in brands)
    return decode_heif if is_heif else decode_with_pillow


def _reason(error: Exception) -> str:
    """The first line of a decoder's complaint, or its kind."""
    lines = str(error).strip().splitlines()
    return lines[0][:120] if lines else type(error).__name__
