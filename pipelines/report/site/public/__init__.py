"""The site for the public: drawn from the public tier of the marts, and from nothing else.

Reading order: tier.py (what may be seen), content.py and pages.py (what the pages show), open_data.py (the figures as files), build.py.
"""
