"""The audit log: its chain, its signed heads, and what is found when somebody touched them."""
