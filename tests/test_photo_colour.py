"""Colours of files in every space, against littleCMS: the reference is built here, from Pillow alone."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import colour
import numpy as np
import PIL.Image
import PIL.ImageCms as Cms
import PIL.ImageOps
import pillow_heif
import pytest

from likeness.files.profiles import SRGB, Space, UnreadableProfile, cicp_space, curve, matrix_space
from likeness.image.color import bytes_from_linear
from likeness.photo import Photo, decode_photo, open_photo

RELATIVE = Cms.Intent.RELATIVE_COLORIMETRIC
BLACK = Cms.Flags.BLACKPOINTCOMPENSATION
D50 = colour.CCS_ILLUMINANTS["CIE 1931 2 Degree Standard Observer"]["D50"]


def lab_of(linear: np.ndarray) -> np.ndarray:
    """Lab (D50) of linear sRGB, by colour-science."""
    xyz = colour.RGB_to_XYZ(linear.astype(np.float64), "sRGB", illuminant=D50, chromatic_adaptation_transform="Bradford")
    return colour.XYZ_to_Lab(xyz, D50)


def reference(picture: PIL.Image.Image, profile: bytes, model: str) -> np.ndarray:
    """What littleCMS makes of ``picture`` in ``profile``, (H, W, 3) bytes: "LAB" or "RGB" (sRGB)."""
    target = Cms.createProfile("LAB" if model == "LAB" else "sRGB")
    source = Cms.ImageCmsProfile(io.BytesIO(profile))
    made = Cms.profileToProfile(picture, source, target, renderingIntent=RELATIVE, outputMode=model, flags=BLACK)
    return np.asarray(made)


def check(photo: Photo, picture: PIL.Image.Image, profile: bytes, *, sample: int = 3000, lab_is_fine: bool = True) -> None:
    """``photo`` shows what littleCMS makes of ``picture``: within dE00 2 unclipped, within 2 of 255 as sRGB."""
    rng = np.random.default_rng(0)
    y, x = rng.integers(0, picture.height, sample), rng.integers(0, picture.width, sample)
    codes = bytes_from_linear(photo.pixels()[y, x]).astype(int)
    assert np.abs(codes - reference(picture, profile, "RGB")[y, x]).max() <= 2
    if matrix_space(profile) is None or not lab_is_fine:
        return  # such a profile has no colour outside its own gamut to keep
    stored = reference(picture, profile, "LAB")[y, x]
    lab = np.column_stack([stored[:, 0] / 2.55, stored[:, 1:].view(np.int8).astype(float)])
    held = np.abs(lab[:, 1:]).max(axis=1) < 126  # 8-bit Lab ends there
    assert held.any()
    assert colour.delta_E(lab_of(photo.pixels()[y, x]), lab, method="CIE 2000")[held].max() < 2


def test_files_with_a_profile_have_the_colours_of_littlecms(shared_formats: Path) -> None:
    checked = 0
    pillow_heif.register_heif_opener()
    for row in csv.DictReader((shared_formats / "manifest.csv").read_text().splitlines()):
        if row["decode"] != "ok" or row["icc"] in ("", "unparsable") or int(row["width"]) > 2600:
            continue
        with PIL.Image.open(shared_formats / row["file"]) as opened:
            picture = PIL.ImageOps.exif_transpose(opened)
            profile = picture.info["icc_profile"]
            alpha = np.asarray(picture.convert("RGBA"))[..., 3]
        photo = open_photo(shared_formats / row["file"])
        assert photo.metadata.profile_from == "file"
        assert photo.metadata.alpha_flattened == bool(alpha.min() < 255)
        if alpha.min() == 255:
            check(photo, picture.convert("RGB"), profile)
            checked += 1
    assert checked > 20


def patches() -> PIL.Image.Image:
    """Colours of sRGB, a little inside its borders: 17 x 17 x 17, and 17 greys."""
    level = np.linspace(20, 235, 17)
    grid = np.stack(np.meshgrid(level, level, level), -1).reshape(17, -1, 3)
    return PIL.Image.fromarray(
        np.concatenate([grid, np.linspace(0, 255, 17)[:, None, None].repeat(3, 2)], 1).round().astype(np.uint8)
    )


def test_every_profile_is_followed(shared_formats: Path) -> None:
    """A picture is brought into the profile by littleCMS and saved; what comes out is the picture."""
    profiles = sorted((shared_formats / "icc_profiles_cc0").glob("*.icc"))
    assert len(profiles) > 40
    kinds = set()
    for path in profiles:
        profile = path.read_bytes()
        mode = {"RGB": "RGB", "GRAY": "L", "CMYK": "CMYK"}[Cms.ImageCmsProfile(str(path)).profile.xcolor_space.strip()]
        kinds.add(mode)
        original = patches() if mode != "L" else patches().crop((289, 0, 290, 17))
        if mode == "CMYK":  # this one has no way in
            held = PIL.Image.fromarray(np.dstack([np.asarray(original), np.asarray(original.convert("L"))[::-1] // 3]), "CMYK")
        else:
            source, into = Cms.createProfile("sRGB"), Cms.ImageCmsProfile(str(path))
            held = Cms.profileToProfile(original, source, into, renderingIntent=RELATIVE, outputMode=mode, flags=BLACK)
        out = io.BytesIO()
        held.save(out, "TIFF", icc_profile=profile)
        photo = decode_photo(out.getvalue(), Path(f"{path.stem}.tif"))
        assert photo.metadata.profile_from == "file", path.name
        if mode == "RGB":
            check(
                photo, held, profile, lab_is_fine=path.stem != "scRGB-v2"
            )  # from linear bytes littleCMS makes Lab on a coarse grid
        else:
            assert np.abs(photo.encoded.astype(int) - reference(held, profile, "RGB")).max() <= 2, path.name
        if mode == "CMYK":
            continue
        assert photo.space.is_srgb == (path.stem.startswith(("sRGB", "sGrey"))), path.name
        wide = path.stem.startswith(("ProPhoto", "WideGamut", "scRGB"))  # 8 bits are coarse there
        error = colour.delta_E(
            lab_of(photo.pixels()), lab_of(decode_photo(png_of(original), Path("a.png")).pixels()), method="CIE 2000"
        )
        assert np.percentile(error, 95) < (3 if wide else 1), path.name
    assert kinds == {"RGB", "L", "CMYK"}


def png_of(picture: PIL.Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def jpeg_in(profile: bytes, mode: str = "RGB") -> Photo:
    out = io.BytesIO()
    PIL.Image.new(mode, (8, 8), 128 if mode == "L" else (200, 100, 50)).save(out, "JPEG", icc_profile=profile)
    return decode_photo(out.getvalue(), Path("a.jpg"))


def srgb_profile() -> bytes:
    return Cms.ImageCmsProfile(Cms.createProfile("sRGB")).tobytes()


def swapped() -> bytes:
    """sRGB's profile with red and green exchanged, under sRGB's own name."""
    profile = bytearray(srgb_profile())
    red, green = (profile.index(name, 128) for name in (b"rXYZ", b"gXYZ"))
    profile[red : red + 4], profile[green : green + 4] = b"gXYZ", b"rXYZ"
    return bytes(profile)


def test_srgb_is_known_by_its_numbers_not_its_name() -> None:
    photo = jpeg_in(srgb_profile())
    assert photo.space.is_srgb
    assert photo.encoded is photo.codes
    impostor = jpeg_in(swapped())
    assert not impostor.space.is_srgb
    assert np.allclose(impostor.pixels()[0, 0], photo.pixels()[0, 0, [1, 0, 2]], atol=2e-3)


@pytest.mark.parametrize("profile", [b"not a profile at all" * 20, srgb_profile()[:200], b"\0" * 128])
def test_an_unreadable_profile_is_said_and_taken_for_srgb(profile: bytes) -> None:
    photo = jpeg_in(profile)
    assert photo.metadata.profile_from == "unreadable"
    assert "sRGB was assumed" in photo.metadata.notes[0]
    assert np.array_equal(photo.encoded, jpeg_in(b"").encoded)


def test_a_profile_for_other_pictures_is_said() -> None:
    lab = Cms.ImageCmsProfile(Cms.createProfile("LAB")).tobytes()
    assert "is one for Lab pictures" in jpeg_in(lab).metadata.notes[0]
    assert jpeg_in(srgb_profile(), "L").metadata.profile_from == "file"


def test_wide_colours_are_not_clipped() -> None:
    photo = jpeg_in(srgb_profile())
    wide = Photo(photo.path, b"", np.array([[[255, 0, 0]]], np.uint8), "PNG", space=cicp_space(12, 13))
    red = wide.pixels()[0, 0]
    assert np.allclose(red, [1.2249, -0.0420, -0.0196], atol=2e-3)  # Display P3's red in linear sRGB
    assert wide.encoded.tolist() == [[[255, 0, 0]]]


def test_cicp_spaces() -> None:
    assert cicp_space(1, 13) is SRGB
    assert cicp_space(1, 1) is SRGB
    rec2020 = cicp_space(9, 1)
    assert rec2020.matrix is not None
    expected = colour.matrix_RGB_to_RGB("ITU-R BT.2020", "sRGB", None)
    assert np.allclose(rec2020.matrix, expected, atol=2e-3)
    codes = np.linspace(0, 1, 65536)
    assert np.allclose(cicp_space(9, 16).table, colour.eotf(codes, "ITU-R BT.2100 PQ") / 203, rtol=1e-4, atol=1e-5)
    hlg = cicp_space(9, 18).table
    assert hlg[round(0.75 * 65535)] == pytest.approx(1, abs=0.03)  # HLG's reference white (BT.2408)
    assert np.all(np.diff(hlg) >= 0)


@pytest.mark.parametrize(
    ("kind", "numbers", "expected"),
    [
        (0, [2.0], lambda x: x**2),
        (1, [2.0, 2.0, -0.5], lambda x: np.where(x >= 0.25, (2 * x - 0.5) ** 2, 0)),
        (2, [2.0, 0.5, 0.25, 0.125], lambda x: (0.5 * x + 0.25) ** 2 + 0.125),
        (3, [2.4, 0.9479, 0.0521, 0.0774, 0.0405], lambda x: np.where(x >= 0.0405, (0.9479 * x + 0.0521) ** 2.4, 0.0774 * x)),
        (4, [2.0, 0.5, 0.25, 0.5, 0.5, 0.125, 0.25], lambda x: np.where(x >= 0.5, (0.5 * x + 0.25) ** 2 + 0.125, 0.5 * x + 0.25)),
    ],
)
def test_parametric_curves_are_those_of_the_standard(kind: int, numbers: list[float], expected: object) -> None:
    words = np.round(np.array(numbers) * 65536).astype(">i4").tobytes()
    element = b"para\0\0\0\0" + kind.to_bytes(2, "big") + b"\0\0" + words
    assert np.allclose(curve(element), expected(np.linspace(0, 1, 65536)), atol=1e-4)  # type: ignore[operator]


def test_sampled_curves_are_interpolated() -> None:
    def curv(*points: int) -> bytes:
        return b"curv\0\0\0\0" + len(points).to_bytes(4, "big") + np.array(points, ">u2").tobytes()

    codes = np.linspace(0, 1, 65536)
    assert np.allclose(curve(curv()), codes)
    assert np.allclose(curve(curv(round(2.2 * 256))), codes ** (563 / 256))
    assert np.allclose(curve(curv(0, 13107, 65535)), np.interp(codes, [0, 0.5, 1], [0, 0.2, 1]), atol=1e-6)
    with pytest.raises((UnreadableProfile, ValueError)):
        curve(b"mABC" + bytes(20))


def test_three_different_curves_are_kept_apart() -> None:
    table = np.linspace(0, 1, 65536, dtype=np.float32)[:, None] ** np.array([1, 2, 3], np.float32)
    space = Space("odd", table)
    assert not space.is_srgb
    assert np.allclose(space.linear(np.full((1, 1, 3), 128, np.uint8)), (128 / 255) ** np.array([[[1, 2, 3]]]), atol=1e-6)
