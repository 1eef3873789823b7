"""How pages are fetched: what may be, how politely, and how each response is kept."""
