"""The web page that `wardwright serve` shows: server-rendered, works offline, and decides nothing of its own."""
