-- A first sync by pages, purge orders with receipts, when a device was last heard, orders to destroy keys.

-- What a scope held at a ledger number, parted into pages. A page is rendered when it is first asked for.
create table snapshot (
    scope text not null,
    number bigint not null,
    pages integer not null,
    made_at timestamptz not null,
    -- The transaction that last dropped its pages. Who renders one holds this row meanwhile.
    dropped_in xid8,
    primary key (scope, number)
);
create table snapshot_page (
    scope text not null,
    number bigint not null,
    page integer not null,
    -- Whether it holds the names (families and people) or everything else.
    names boolean not null,
    first_id text not null,
    last_id text not null,
    -- Packed as it travels; null: not rendered, or dropped.
    body bytea,
    made_at timestamptz,
    primary key (scope, number, page),
    foreign key (scope, number) references snapshot on delete cascade
);
create index snapshot_page_made on snapshot_page (made_at) where body is not null;

-- The second net holds for what is kept ready as for the records themselves.
alter table snapshot_page enable row level security;
alter table snapshot_page force row level security;
create policy snapshot_page_held on snapshot_page using (
    current_setting('fieldkit.reader', true) = 'central'
    or scope = 'ref'
    or scope in (
        select e.scope from entitlement e where e.worker = current_setting('fieldkit.reader', true) and e.held
    )
);

-- What is deleted, erased or leaves its scope takes the rendered pages of that scope with it, in the same transaction.
create function drop_snapshot_pages() returns trigger language plpgsql as $$
begin
    update snapshot set dropped_in = pg_current_xact_id()
        where scope = old.scope and dropped_in is distinct from pg_current_xact_id();
    if found then
        update snapshot_page set body = null, made_at = null where scope = old.scope and body is not null;
    end if;
    return null;
end
$$;
create trigger record_drops_pages after update on record for each row
    when (old.scope <> new.scope or (new.deleted and not old.deleted))
    execute function drop_snapshot_pages();

-- What a device was told to remove, and what it said of it. Not done: something of the scope is still there.
create table purge (
    device text not null,
    scope text not null,
    ev bigint not null,
    ordered_at timestamptz not null,
    done_at timestamptz,
    rows bigint not null default 0,
    files bigint not null default 0,
    -- Unsent changes and unfinished drafts that were still there when it last spoke.
    remaining bigint not null default 0,
    primary key (device, scope, ev)
);

-- When a device was last heard (to ten minutes), and how far it had been told then.
create table contact (
    device text primary key,
    at timestamptz not null,
    cursor bigint not null,
    ev bigint not null
);

-- Devices that are to destroy their keys when they next speak.
create table shredding (
    device text primary key references device,
    ordered_at timestamptz not null,
    done_at timestamptz
);

grant select, insert, update, delete on snapshot, snapshot_page to fieldkit_central;
grant select, insert, update on purge, contact, shredding to fieldkit_central;
