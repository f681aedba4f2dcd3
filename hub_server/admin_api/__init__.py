"""Owns the hub admins' endpoints: thin routes over the capabilities below, each behind a permission."""
