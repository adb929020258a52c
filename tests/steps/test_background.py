from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from likeness.errors import LikenessError
from likeness.image import read_only
from likeness.image.color import REC709_LUMA, linear_from_srgb, srgb_from_linear
from likeness.image.filters import fill, gaussian, grown
from likeness.image.geometry import resize
from likeness.image.noise import noise_levels
from likeness.photo import open_photo
from likeness.pictures import lend
from likeness.portrait import Portrait
from likeness.steps.background import backdrop_names, background, surface_of

CLEAN = {"grain": 0.0, "wrap": 0.0}


def edge(portrait: Portrait) -> np.ndarray:
    return (portrait.alpha > 0.05) & (portrait.alpha < 0.95)


@pytest.mark.parametrize("backdrop", ["blur", "studio", "#406080"])
def test_the_person_is_left_as_they_are(hopper_portrait: Portrait, backdrop: str) -> None:
    result = background(hopper_portrait, backdrop=backdrop, wrap=0)
    inside = hopper_portrait.alpha == 1
    assert np.array_equal(result.pixels[inside], hopper_portrait.pixels[inside])
    assert result.alpha is hopper_portrait.alpha
    assert result.pixels.dtype == np.float32
    assert np.isfinite(result.pixels).all()


@pytest.mark.parametrize(
    "change",
    [{"backdrop": "warm"}, {"blur": 0.4}, {"wrap": 0.15}, {"grain": 0.0}, {"falloff": 1.2}, {"match": 1.0}, {"seed": 7}],
    ids=lambda change: next(iter(change)),
)
def test_every_parameter_moves_the_output(hopper_portrait: Portrait, change: dict[str, object]) -> None:
    plain, moved = background(hopper_portrait), background(hopper_portrait, **change)
    assert np.abs(srgb_from_linear(moved.pixels) - srgb_from_linear(plain.pixels)).max() > 1 / 255


def test_the_same_recipe_gives_the_same_pixels(hopper_portrait: Portrait) -> None:
    assert np.array_equal(background(hopper_portrait, seed=5).pixels, background(hopper_portrait, seed=5).pixels)


@pytest.mark.parametrize("backdrop", ["studio", "light", "dark", "#808890"])
def test_little_of_the_old_background_is_left_at_the_edge(hopper_portrait: Portrait, backdrop: str) -> None:
    """design/measurement.md, section 9: the share of B_old - B_new in what result and model differ by."""
    p, result = hopper_portrait, background(hopper_portrait, backdrop=backdrop, **CLEAN)
    new = background(p.with_pixels(p.pixels), backdrop=backdrop, **CLEAN).pixels
    outside = p.alpha == 0
    moved = p.plate - np.median(new[outside], 0)
    rest = result.pixels - (p.alpha[..., None] * p.foreground + (1 - p.alpha[..., None]) * np.median(new[outside], 0))
    leak = (rest * moved)[edge(p)].sum() / np.square(moved)[edge(p)].sum()
    assert abs(leak) < 0.1


def test_a_blue_screen_leaves_no_blue_rim(hopper_portrait: Portrait) -> None:
    """A drawn outline before blue, cut out anew and put before grey: what is bluer than it should be, against doing nothing about it."""
    p, blue, grey = hopper_portrait, np.float32([0.13, 0.25, 0.42]), surface_of("#808080").colour
    inside = grown(p.alpha > 0.99, -0.06 * p.ipd)
    share = gaussian(inside.astype(np.float32), 1.2)[..., None]
    front = fill(p.pixels, grown(inside, -2).astype(np.float32))
    screened = Portrait(p.photo, read_only(np.asarray(share * front + (1 - share) * blue, np.float32)), p.landmarks, p.to_photo)
    result = background(screened, backdrop="#808080", falloff=0, match=0, **CLEAN).pixels
    ideal, untreated = (share * colours + (1 - share) * grey for colours in (front, screened.pixels))
    rim = (share[..., 0] > 0.05) & (share[..., 0] < 0.95)
    excess, before = (((seen - ideal)[..., 2] - (seen - ideal)[..., 0])[rim] for seen in (result, untreated))
    assert abs(excess.mean()) < 0.35 * before.mean()
    assert np.percentile(excess, 90) < 0.06


def test_blur_takes_detail_from_the_background_and_brings_none_of_the_subject(hopper_portrait: Portrait) -> None:
    p = hopper_portrait
    striped = p.plate.copy()
    striped[:, ::8] = striped[:, 1::8] = 0.02
    share = p.alpha[..., None]
    red = np.float32([0.9, 0.0, 0.0])
    scene = Portrait(
        p.photo,
        read_only(np.asarray(share * red + (1 - share) * striped, np.float32)),
        p.landmarks,
        p.to_photo,
        {"alpha": p.alpha},
    )
    result = background(scene, backdrop="blur", blur=0.2, **CLEAN).pixels
    outside = ~grown(p.alpha > 0.004, 2)
    assert (
        np.abs(np.diff(result, axis=1))[outside[:, 1:]].mean() < 0.2 * np.abs(np.diff(scene.pixels, axis=1))[outside[:, 1:]].mean()
    )
    near = outside & grown(p.alpha > 0.5, 12)
    assert (result[near][:, 0] - result[near][:, 1]).max() < (striped[..., 0] - striped[..., 1]).max() + 0.05


def test_no_blur_and_no_grain_keeps_the_background(hopper_portrait: Portrait) -> None:
    result = background(hopper_portrait, backdrop="blur", blur=0, **CLEAN)
    outside = hopper_portrait.alpha == 0
    assert np.abs(result.pixels - hopper_portrait.pixels)[outside].max() < 1e-4


def test_without_blur_and_grain_the_photo_comes_back_at_the_edge_too(hopper_portrait: Portrait) -> None:
    """Whatever alpha and layers get wrong there: alpha F + (1 - alpha) B of this portrait is off by more than a tenth in places."""
    p = hopper_portrait
    result = background(p, backdrop="blur", blur=0.0, grain=0.0)
    assert np.abs(result.pixels - p.pixels).max() < 1e-5
    assert np.abs(p.alpha[..., None] * p.foreground + (1 - p.alpha[..., None]) * p.plate - p.pixels).max() > 0.1


def test_clipped_lights_bloom(hopper_portrait: Portrait) -> None:
    p = hopper_portrait
    pixels = np.where(p.alpha[..., None] > 0, p.pixels, np.float32(0.1))
    pixels[20:26, 20:26] = 1.0
    scene = Portrait(p.photo, read_only(np.asarray(pixels, np.float32)), p.landmarks, p.to_photo, {"alpha": p.alpha})
    result = background(scene, backdrop="blur", blur=0.1, **CLEAN)
    assert (result.pixels[10:40, 10:40] - 0.1).sum() > 1.5 * (pixels[10:40, 10:40] - 0.1).sum()


def test_the_backdrop_has_the_subjects_noise(hopper_portrait: Portrait) -> None:
    random = np.random.default_rng(9)
    pixels = hopper_portrait.pixels * np.exp(0.06 * random.standard_normal(hopper_portrait.pixels.shape)).astype(np.float32)
    noisy = hopper_portrait.with_pixels(pixels)
    result = background(noisy)
    subject = noise_levels(result.pixels, result.alpha >= 1)
    behind = noise_levels(result.pixels, result.alpha <= 0)
    both = np.isfinite(subject) & np.isfinite(behind)
    assert both.any()
    assert np.abs(np.log2(behind[both] / subject[both])).max() < 0.5


def test_the_backdrop_of_a_grey_grained_photo_has_grey_grain(hopper_portrait: Portrait) -> None:
    random = np.random.default_rng(9)
    grain = 0.02 * random.standard_normal((*hopper_portrait.alpha.shape, 1))
    smooth = gaussian(hopper_portrait.pixels, 2)
    pixels = linear_from_srgb(np.clip(srgb_from_linear(smooth) + grain, 0, 1).astype(np.float32))
    result = background(hopper_portrait.with_pixels(pixels), backdrop="studio")
    encoded = srgb_from_linear(np.clip(result.pixels, 0, 1))[result.alpha <= 0]
    own = np.ptp(encoded - encoded.mean(0) - (encoded @ REC709_LUMA - (encoded @ REC709_LUMA).mean())[:, None], axis=1)
    assert own.mean() < 0.15 * (encoded @ REC709_LUMA).std()


def test_a_drawn_backdrop_is_the_same_at_half_the_size(hopper_portrait: Portrait) -> None:
    p = hopper_portrait
    size = (p.width // 2, p.height // 2)
    half = p.resampled(np.array([[p.width / size[0], 0, 0.5], [0, p.height / size[1], 0.5]]), size)
    large, small = background(p, **CLEAN, match=0), background(half, **CLEAN, match=0)
    outside = small.alpha == 0
    assert np.abs(resize(large.pixels, size)[outside] / small.pixels[outside] - 1).mean() < 0.03


def test_drawn_backdrops_are_smooth_and_differ() -> None:
    assert {"studio", "light", "warm", "dark"} <= set(backdrop_names())
    assert len({surface_of(name).colour for name in backdrop_names()}) == len(backdrop_names())


def test_a_backdrop_that_does_not_exist_is_refused_with_the_closest_names(hopper_portrait: Portrait) -> None:
    with pytest.raises(LikenessError, match="did you mean studio"):
        background(hopper_portrait, backdrop="studoi")
    with pytest.raises(LikenessError, match="not understood"):
        background(hopper_portrait, backdrop="#12345")


def test_a_picture_fills_the_background_and_leaves_the_person(hopper_portrait: Portrait, astronaut: Path) -> None:
    made = background(hopper_portrait, backdrop=lend(open_photo(astronaut)), grain=0, wrap=0)
    inside = hopper_portrait.alpha >= 1
    assert np.array_equal(made.pixels[inside], hopper_portrait.pixels[inside])
    assert np.abs(made.pixels - hopper_portrait.pixels)[hopper_portrait.alpha == 0].mean() > 0.02
