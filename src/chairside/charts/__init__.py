"""Reading: sessions folded from the vault, and what a page shows of them. No writes."""
