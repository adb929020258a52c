"""Image files: bytes to pixels and back. ``likeness.photo`` is the door; nothing else looks in here."""
