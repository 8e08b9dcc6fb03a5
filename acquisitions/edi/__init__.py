"""EDIFACT D.96A as libraries and their vendors use it (EDItEUR): bytes to documents and back, without Django.

    data → edifact.decode → Interchange → Message → read_ordrsp, read_desadv, read_invoic, read_orders → document
    OrderDocument → orders.write_orders(dialect=...) → data

Reading is liberal: what departs from the standard becomes a sentence with its byte, and only what can't be read at
all raises BadInput. Writing is strict: what a vendor could misread is refused before it is sent. How vendors differ is
data in dialects.py, what their codes mean is in codes.py; explain.py says a whole file in words.
"""
