"""HEIC and HEIF, with all their bits: straight to an array, which takes half the memory of the way through Pillow."""

from __future__ import annotations

import numpy as np
import PIL.Image

from likeness.errors import missing
from likeness.files.codes import opaque, settle, sixteen_bit
from likeness.files.metadata import exif_from_bytes, metadata_of
from likeness.files.profiles import SRGB, cicp_space
from likeness.files.request import Decoded, Request


def decode_heif(request: Request) -> Decoded:
    """The primary picture. libheif has turned it: what counts is the file's ``irot`` and ``imir``; EXIF only repeats them."""
    try:
        import pillow_heif
    except ImportError as error:
        raise missing("pillow-heif", error) from error
    try:
        file = pillow_heif.open_heif(request.data, convert_hdr_to_8bit=False, hdr_to_16bit=False)
    except (ValueError, SyntaxError) as error:
        raise PIL.UnidentifiedImageError(str(error)) from error
    request.check_size(*file.size)
    mode, _, deep = file.mode.partition(";")
    depth = int(deep or 8)
    codes = np.asarray(file)[: file.size[1], : file.size[0]]
    nclx, profile = file.info.get("nclx_profile"), file.info.get("icc_profile")
    space = cicp_space(nclx["color_primaries"], nclx["transfer_characteristics"]) if nclx and not profile else SRGB
    codes, flattened = opaque(codes if depth == 8 else sixteen_bit(codes, depth), premultiplied=mode in ("RGBa", "La"))
    settled = settle(codes, profile, grey=mode in ("L", "LA", "La"), otherwise=space)
    exif, note = exif_from_bytes(file.info.get("exif"))
    metadata = metadata_of(
        exif,
        mode=mode,
        bit_depth=depth,
        profile=settled.profile,
        profile_from=settled.profile_from,
        grey=mode in ("L", "LA", "La"),
        alpha_flattened=flattened,
        notes=settled.notes + ((note,) if note else ()),
    )
    height, width = settled.codes.shape[:2]
    return Decoded(settled.codes, settled.space, "HEIF", metadata, (width, height))
