"""Whether the face looks to the camera."""

from __future__ import annotations

import numpy as np

from likeness.portrait import Portrait
from likeness.schema import NotAssessed, Reading, measure

TILT = 15.0  # degrees of roll that straightening takes out without cost


@measure(title="Head pose", group="source", unit="degrees", about="source")
def head_pose(portrait: Portrait) -> Reading | NotAssessed:
    """Degrees that the face is turned, raised or lowered away from the camera, with the tilt that straightening cannot take out."""
    yaw, pitch, roll = portrait.pose
    turned = np.degrees(np.arccos(np.cos(np.radians(yaw)) * np.cos(np.radians(pitch))))
    away = float(np.hypot(turned, max(0.0, abs(roll) - TILT)))
    side = "its right" if yaw > 0 else "its left"
    parts = {
        f"turned {abs(yaw):.0f}° to {side}": abs(yaw),
        f"{'raised' if pitch > 0 else 'lowered'} {abs(pitch):.0f}°": abs(pitch),
        f"tilted {abs(roll):.0f}°": max(0.0, abs(roll) - TILT),
    }
    most = max(parts, key=lambda part: parts[part])
    return Reading(
        away,
        f"the face is {most.replace('its', 'the picture' + chr(39) + 's')}",
        region="face",
        advice="Turn the photo the right way up."
        if abs(roll) > 60
        else "Turn your face to the camera, and hold the camera at the height of your eyes.",
    )
