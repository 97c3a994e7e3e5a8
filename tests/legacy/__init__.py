"""Eight generated legacy sites, of eight ages of the Web, whose content is known: what the migration finds in them can be measured."""
