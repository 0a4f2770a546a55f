"""Sound as the line carries it: frames, WAV files, tones of keys."""
