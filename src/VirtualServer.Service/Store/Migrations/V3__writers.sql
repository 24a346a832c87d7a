-- Called for an event of a service that writes other versions of the read models than the database has (Projections/ReadModelVersions.cs),
-- because its rows would not be those that readers expect. Every version of the service answers this class of SQLSTATE with UNAVAILABLE,
-- and its callers retry with another node.
create function registry.refuse_event() returns trigger language plpgsql as $$
begin
    raise exception 'the read models of the database are of another version than those that this service writes: use a node of that version'
        using errcode = '57V01';
end $$;
