"""The member's page, `/m/`: sign in by one-time password, see the cards, show a live payment code."""
