"""The public keys of the course, which `postwar mark` and `postwar practice` ask for by name."""
