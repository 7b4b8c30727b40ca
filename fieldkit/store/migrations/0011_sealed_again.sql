-- Central was put back: what was sealed at a purge may be nowhere but here, and is owed to it once more.
alter table sealed add column owed integer not null default 0;
