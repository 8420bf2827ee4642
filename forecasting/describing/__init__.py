"""What a recorded series is like and what drives it: statistics for people, none of which a forecast needs."""
