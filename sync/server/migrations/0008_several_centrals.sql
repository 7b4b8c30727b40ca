-- Central looks before it serves whether the tables are at least as new as it is.
grant select on migration to fieldkit_central;
