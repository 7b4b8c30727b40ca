-- Sealed copies of drafts at central: which there are, so that only what changed is sent and what is done with is ended.

create table draft_copy (
    copy text primary key,
    draft text not null,
    -- Ours to write (1), or one that the draft was restored from, or that another store wrote on (0).
    own integer not null,
    -- The revision sent last and the one that central has, each with the mark it is known by.
    version integer not null default 0,
    sent text not null default '',
    acked integer not null default 0,
    mark text not null default '',
    -- When central took it; of one restored from: when that copy was made.
    at text not null default '',
    -- What the laptop was called that it came from; blank for this one.
    origin text not null default ''
);
create index draft_copy_draft on draft_copy (draft);

-- Filed or thrown away: to be destroyed at central with the next sync.
create table draft_ended (
    copy text primary key,
    version integer not null
);
