-- What moves between scopes: records that left one, what was set aside and settled, attendance shown in a chronology.

-- A record that lives in another scope now: who holds only the one it left is told to drop it.
create table departed (
    record text not null,
    scope text not null,
    number bigint not null,
    version bigint not null,
    primary key (scope, record)
);
create index departed_number on departed (scope, number);

-- Where central showed an attendance, so that its undoing finds it after a family was split.
create table projected (
    attendance text not null,
    record text primary key
);
create index projected_attendance on projected (attendance);

-- Families that were parted. The reason stays here, not in the trail.
create table split (
    scope text primary key references scope,
    origin text not null,
    up_to date not null,
    by text not null references worker,
    reason text not null,
    at timestamptz not null
);

-- Scopes that were opened by name: to whom, by whom and why.
create table opened (
    worker text not null references worker,
    scope text not null references scope,
    by text not null references worker,
    reason text not null,
    at timestamptz not null
);

-- What became of a change that was set aside, once a person has looked at it. The reason stays here, not in the trail.
alter table quarantine add column settled text check (settled in ('take', 'leave'));
alter table quarantine add column settled_by text references worker;
alter table quarantine add column settled_at timestamptz;
alter table quarantine add column settled_why text;

-- The second net also knows that who looks after the machines reads nobody's record, whatever was granted.
drop policy record_read on record;
create policy record_read on record for select using (
    current_setting('fieldkit.reader', true) = 'central'
    or scope = 'ref'
    or scope in (
        select e.scope from entitlement e join worker w on w.id = e.worker
        where e.worker = current_setting('fieldkit.reader', true) and e.held
            and w.role in ('worker', 'centre', 'lead', 'ig')
    )
);

-- And that what a laptop writes lies where its worker holds, or held once (late entries): central says for whom it
-- writes. What central writes itself, conflicts among it, lies where that belongs.
drop policy record_add on record;
drop policy record_change on record;
create policy record_add on record for insert with check (
    current_setting('fieldkit.reader', true) = 'central'
    and (
        coalesce(current_setting('fieldkit.author', true), '') = ''
        or device = 'central'
        or scope in (
            select e.scope from entitlement e join worker w on w.id = e.worker
            where e.worker = current_setting('fieldkit.author', true) and (e.held or e.until is not null)
                and w.role in ('worker', 'centre', 'lead')
        )
    )
);
create policy record_change on record for update
    using (current_setting('fieldkit.reader', true) = 'central')
    with check (
        current_setting('fieldkit.reader', true) = 'central'
        and (
            coalesce(current_setting('fieldkit.author', true), '') = ''
            or device = 'central'
            or scope in (
                select e.scope from entitlement e join worker w on w.id = e.worker
                where e.worker = current_setting('fieldkit.author', true) and (e.held or e.until is not null)
                    and w.role in ('worker', 'centre', 'lead')
            )
        )
    );

alter table departed enable row level security;
alter table departed force row level security;
create policy departed_read on departed for select using (
    current_setting('fieldkit.reader', true) = 'central'
    or scope in (
        select e.scope from entitlement e join worker w on w.id = e.worker
        where e.worker = current_setting('fieldkit.reader', true) and e.held
            and w.role in ('worker', 'centre', 'lead', 'ig')
    )
);
create policy departed_add on departed for insert with check (current_setting('fieldkit.reader', true) = 'central');
create policy departed_change on departed for update using (current_setting('fieldkit.reader', true) = 'central');

grant select, insert, update on departed, projected to fieldkit_central;
grant select, insert on opened to fieldkit_central;
grant update (settled, settled_by, settled_at, settled_why) on quarantine to fieldkit_central;
