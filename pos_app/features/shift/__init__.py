"""A cashier's shift: opened, looked at (X), closed (Z)."""
