"""The national view: what forces share of their figures is taken in, and built, checked, published and drawn like any other (docs/national.md)."""
