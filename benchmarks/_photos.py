"""The photos that speed is measured on, and what a retoucher would hand back of them."""

from __future__ import annotations

from pathlib import Path

SHARED = Path(__file__).resolve().parents[2] / "shared" / "photos"
ALIKE = 4  # photos in the folder that is ranked


def large_photo(path: Path, megapixels: float, seed: int = 0) -> None:
    """matplotlib's portrait of Grace Hopper at ``megapixels``, as a JPEG with the detail and grain that a camera's would have.

    Enlarging leaves no detail finer than the original's, so texture is added in three octaves, in proportion to the light, and sensor
    noise on top: a file that costs what a photo of that size costs to decode, and has something to match and to measure in it.
    """
    import cv2
    import matplotlib
    import numpy as np
    import PIL.Image

    small = np.asarray(PIL.Image.open(Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg").convert("RGB"))
    scale = (megapixels * 1e6 / (small.shape[0] * small.shape[1])) ** 0.5
    size = round(small.shape[1] * scale), round(small.shape[0] * scale)
    large = cv2.resize(small, size, interpolation=cv2.INTER_CUBIC).astype(np.float32)
    random = np.random.default_rng(seed)
    texture = np.zeros(size[::-1], np.float32)
    for octave, strength in ((1, 0.018), (2, 0.02), (4, 0.02)):
        coarse = random.standard_normal((size[1] // octave + 1, size[0] // octave + 1), np.float32)
        texture += strength * cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC)
    large *= 1 + texture[..., None]
    large += 1.5 * random.standard_normal((*texture.shape, 1), np.float32)  # cameras smooth the noise of colour away
    PIL.Image.fromarray(np.clip(np.round(large), 0, 255).astype(np.uint8)).save(path, quality=92)


def shared_photo() -> Path | None:
    """The shared JPEG whose size is nearest to 12 MP; None where the shared photos are not there."""
    import PIL.Image

    def distance(path: Path) -> float:
        with PIL.Image.open(path) as picture:
            return abs(picture.width * picture.height - 12e6)

    return min(SHARED.rglob("*.jpg"), key=distance, default=None)


def edited(photo: Path, path: Path) -> None:
    """``photo`` as a careful retoucher would hand it back: a little more contrast, encoded anew."""
    import PIL.Image
    import PIL.ImageEnhance

    with PIL.Image.open(photo) as picture:
        PIL.ImageEnhance.Contrast(picture.convert("RGB")).enhance(1.06).save(path, quality=90)


def prepare(folder: Path, kind: str) -> bool:
    """Put into ``folder`` what the tasks need: photo.jpg, result.jpg and a folder of ``ALIKE`` photos. False when there is no such photo."""
    photo = folder / "photo.jpg"
    if kind == "shared":
        found = shared_photo()
        if found is None:
            return False
        photo.symlink_to(found)
    else:
        large_photo(photo, float(kind.split()[1]))
    edited(photo, folder / "result.jpg")
    (folder / "many").mkdir()
    for number in range(ALIKE):
        (folder / "many" / f"{number}.jpg").symlink_to(photo)
    return True
