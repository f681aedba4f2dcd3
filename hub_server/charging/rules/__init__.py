"""The rules of the counter, pure: rows that were read come in, what to write comes out."""
