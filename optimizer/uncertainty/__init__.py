"""Plans for many futures at once: what must be decided early is the same in all of them, the rest follows each."""
