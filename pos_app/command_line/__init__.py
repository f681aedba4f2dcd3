"""`mps-pos` as typed and printed (surface.md): the window's use cases without Qt, stable exit codes and JSON."""
