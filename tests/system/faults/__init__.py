"""The rows of faults.md, each brought about as it names it, each ending with the invariants."""
