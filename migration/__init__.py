"""Legacy sites and open data sets become Fleuve Markdown: one adapter a source in `sources`, what they share beside it."""
