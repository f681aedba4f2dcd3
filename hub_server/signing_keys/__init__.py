"""Owns the hub's keys: what signs certificates, decisions and tokens, and what hides card serials."""

from hub_server.signing_keys.key_file import KeyFileError, load_or_make_keys, make_key_file
from hub_server.signing_keys.keys import HubSigningKeys, KeyMaterial

__all__ = ["HubSigningKeys", "KeyFileError", "KeyMaterial", "load_or_make_keys", "make_key_file"]
