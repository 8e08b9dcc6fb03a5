"""Cataloging: bibliographic records, items, authorities, and the loads and exports that carry them."""
