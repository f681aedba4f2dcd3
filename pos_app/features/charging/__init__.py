"""Taking a payment: from a code and an amount to an outcome that may be shown."""
