"""Pictures that every test may use: two public-domain portraits from packages, and the shared photos where they lie beside the checkout."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import PIL.Image
import pytest
import skimage.data

from likeness.faces import find_faces
from likeness.photo import open_photo
from likeness.portrait import Portrait

SHARED = Path(__file__).resolve().parents[2] / "shared"


@pytest.fixture(scope="session")
def hopper() -> Path:
    """Grace Hopper, 512 x 600, eyes 84 px apart."""
    return Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg"


@pytest.fixture(scope="session")
def astronaut(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eileen Collins, 512 x 512, eyes 43 px apart."""
    path = tmp_path_factory.mktemp("photos") / "astronaut.png"
    PIL.Image.fromarray(skimage.data.astronaut()).save(path)
    return path


@pytest.fixture(scope="session")
def hopper_portrait(hopper: Path) -> Portrait:
    photo = open_photo(hopper)
    return Portrait.of(photo, find_faces(photo)[0])


@pytest.fixture(scope="session")
def shared_photos() -> Path:
    folder = SHARED / "photos"
    if not folder.is_dir():
        pytest.skip("the shared photos do not lie beside this checkout")
    return folder


@pytest.fixture(scope="session")
def shared_formats() -> Path:
    folder = SHARED / "formats"
    if not folder.is_dir():
        pytest.skip("the shared file-format samples do not lie beside this checkout")
    return folder
