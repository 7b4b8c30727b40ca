-- How many names hold each piece of three letters, so that a search asks for the rarest.
create virtual table piece_count using fts5vocab(name_pieces, row);

-- Lists of a kind go by id, a page at a time.
create index record_kind_id on record (kind, id);
