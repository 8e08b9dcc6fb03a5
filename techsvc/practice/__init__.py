"""The practice vendor: a trading partner to rehearse with, in a process of its own.

It takes orders (EDIFACT ORDERS) from a folder or over SFTP and answers as a vendor does: an order response, then a
despatch advice, then an invoice. It reads with pydifact and not with this product's own codec, so that a mistake that
our reader and writer share shows up here.
"""
