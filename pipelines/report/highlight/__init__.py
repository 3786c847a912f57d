"""The quarterly highlight report: one model, three renderings.

Reading order: period.py (which month and quarter), cells.py (what a text is made of), rules.py (how a line of the data summary is made),
model.py (the whole report as frozen dataclasses, read off the published marts), html.py, pdf.py and pptx.py (its renderings; slide_text.py
and slide_charts.py are parts of the last, templates/slides.pptx is its master), sign_off.py (draft or signed), write.py (the files),
beside_printed.py (beside the printed report).
"""
