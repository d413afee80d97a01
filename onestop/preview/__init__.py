"""The preview of an e-form for who writes it: a page on one's own machine that asks as the chat will ask."""
