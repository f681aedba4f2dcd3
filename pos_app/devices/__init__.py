"""The terminal's devices: each room holds a port and the real devices behind it. Only `bootstrap` names a concrete one."""
