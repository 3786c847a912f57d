"""The kinds of page. Each module yields (path within the site, text of the page)."""
