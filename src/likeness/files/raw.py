"""Camera RAW, through LibRaw: linear, 16 bit, white-balanced as the camera was set, nothing brightened or clipped for show."""

from __future__ import annotations

import io

import numpy as np
import PIL.Image

from likeness.errors import LikenessError
from likeness.files.metadata import Exif, exif_of, metadata_of
from likeness.files.profiles import prophoto_linear
from likeness.files.request import AGAIN, Decoded, Request


def decode_raw(request: Request) -> Decoded:
    """The developed picture, upright. LikenessError where the extra ``raw`` is not installed."""
    try:
        import rawpy
    except ImportError as error:
        raise LikenessError("is a camera RAW file", where=request.path, hint="pip install 'likeness[raw]'") from error
    try:
        with rawpy.imread(io.BytesIO(request.data)) as raw:
            sizes = raw.sizes
            request.check_size(sizes.width, sizes.height)
            half = bool(request.at_least and max(sizes.width, sizes.height) // 2 >= request.at_least)
            codes = raw.postprocess(
                half_size=half,
                use_camera_wb=True,
                no_auto_bright=True,
                output_color=rawpy.ColorSpace.ProPhoto,
                gamma=(1, 1),
                output_bps=16,
            )
    except rawpy.LibRawError as error:
        reason = error.args[0].decode(errors="replace") if error.args and isinstance(error.args[0], bytes) else str(error)
        raise LikenessError(f"cannot be developed as camera RAW ({reason})", where=request.path, hint=AGAIN) from error
    exif, note = _exif(request.data)
    metadata = metadata_of(
        exif,
        mode="RAW",
        bit_depth=16,
        profile="camera",
        profile_from="file",
        notes=(note,) if note else (),
    )
    height, width = codes.shape[:2]
    full = (width * 2, height * 2) if half else (width, height)
    return Decoded(np.asarray(codes), prophoto_linear(), "RAW", metadata, full)


def _exif(data: bytes) -> tuple[Exif, str]:
    """The EXIF of a RAW file that is built like a TIFF, as most are; of another, nothing."""
    try:
        with PIL.Image.open(io.BytesIO(data)) as container:
            return exif_of(container)
    except OSError:
        return Exif(), "EXIF of this RAW format is not read"
