"""Models kept on disk: stored whole or not at all, checked byte by byte when read, promoted and rolled back by name."""
