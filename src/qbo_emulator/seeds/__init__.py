"""The companies the emulator can start with."""
