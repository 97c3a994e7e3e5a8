"""What a change does to the site, for those who must accept it: two revisions are built and compared."""
