using Weasel.Core;
using Weasel.Postgresql;
using Weasel.Postgresql.Tables;

namespace VirtualServers.Service.Store;

/// <summary>
/// What spans aggregates, in small tables beside the views: who is called what, who refers to whom, where virtual servers listen and
/// what is not right with them, and which requests were answered. The database settles races with their keys; the messages
/// callers get come from the facts.
/// </summary>
public static class RegistryTables
{
    public static IEnumerable<ISchemaObject> All => [Directory(), Uses(), VirtualServers(), Conditions(), Requests()];

    /// <summary>
    /// Every object that has a name. Unique per kind and scope among the living; a deleted one stays, to be called by its name. With it
    /// stands what conditions of virtual servers look at in the objects that they refer to.
    /// </summary>
    private static Table Directory()
    {
        var table = new Table(Name("directory"));
        table.AddColumn("id", "uuid").AsPrimaryKey();
        table.AddColumn("kind", "text").NotNull();
        table.AddColumn("scope", "text").NotNull();
        table.AddColumn("name", "text").NotNull();
        table.AddColumn("living", "boolean").NotNull();
        table.AddColumn("network", "inet"); // of an address or prefix
        table.AddColumn("expires", "timestamp with time zone"); // of a certificate profile
        table.AddColumn("tenant", "uuid"); // of a pool
        table.AddColumn("members", "integer"); // of a pool
        // Names compare exactly and sort by code point, whatever the database's locale.
        table.Indexes.Add(new IndexDefinition("directory_name_is_unique")
        {
            Columns = ["kind", "scope", "name"], IsUnique = true, Predicate = "living = true", Collation = "C",
        });
        table.Indexes.Add(new IndexDefinition("directory_by_name") { Columns = ["kind", "name"], Collation = "C" });
        table.Indexes.Add(new IndexDefinition("directory_by_network") { Columns = ["network"], Predicate = "network is not null" });
        table.Indexes.Add(new IndexDefinition("directory_by_expiration") { Columns = ["expires"], Predicate = "expires is not null" });
        table.Indexes.Add(new IndexDefinition("directory_empty_pools") { Columns = ["id"], Predicate = "members = 0" });
        // What the references below point at: the pair can't stop being (id, true) while one does.
        table.Indexes.Add(new IndexDefinition("directory_living_id") { Columns = ["id", "living"], IsUnique = true });
        return table;
    }

    /// <summary>
    /// Every reference: whose, by which field (of which pool member), to whom. <c>living</c> is true while it is in force and null when its object is
    /// deleted; a foreign key with a null part is not checked, so what a deleted object referred to may go, and can still be named.
    /// </summary>
    private static Table Uses()
    {
        var table = new Table(Name("uses"));
        table.AddColumn("source", "uuid").AsPrimaryKey();
        table.AddColumn("field", "text").AsPrimaryKey();
        table.AddColumn("part", "uuid").AsPrimaryKey();
        table.AddColumn("target", "uuid").AsPrimaryKey();
        table.AddColumn("living", "boolean");
        table.Indexes.Add(new IndexDefinition("uses_by_target") { Columns = ["target", "living", "field", "source", "part"] });
        table.ForeignKeys.Add(new ForeignKey("uses_target_lives")
        {
            LinkedTable = Name("directory"), ColumnNames = ["target", "living"], LinkedNames = ["id", "living"],
        });
        return table;
    }

    /// <summary>
    /// What is looked at in living virtual servers by those who look at many: the listener, which is unique with "unset" a value like any other
    /// (port -1, protocol ''), and what conditions and counts are made of.
    /// </summary>
    private static Table VirtualServers()
    {
        var table = new Table(Name("virtual_servers"));
        table.AddColumn("id", "uuid").AsPrimaryKey();
        table.AddColumn("vip", "uuid").NotNull();
        table.AddColumn("port", "integer").NotNull();
        table.AddColumn("protocol", "text").NotNull();
        table.AddColumn("transports", "integer").NotNull();
        table.AddColumn("placement_kind", "text").NotNull();
        table.AddColumn("placement", "uuid").NotNull();
        table.AddColumn("load_balancer_type", "text").NotNull();
        table.AddColumn("enabled", "boolean").NotNull();
        table.AddColumn("folded_name", "text").NotNull();
        table.AddColumn("tenant", "uuid");
        table.AddColumn("pool", "uuid");
        table.AddColumn("source_nat_pool", "uuid");
        table.Indexes.Add(new IndexDefinition("virtual_servers_listener_is_unique") { Columns = ["vip", "port", "protocol"], IsUnique = true });
        table.Indexes.Add(new IndexDefinition("virtual_servers_by_folded_name") { Columns = ["folded_name"], Collation = "C" });
        table.Indexes.Add(new IndexDefinition("virtual_servers_by_pool") { Columns = ["pool"], Predicate = "pool is not null" });
        table.Indexes.Add(new IndexDefinition("virtual_servers_by_source_nat_pool") { Columns = ["source_nat_pool"], Predicate = "source_nat_pool is not null" });
        return table;
    }

    /// <summary>
    /// The conditions of living virtual servers that only commands change (not time, and not the members of a pool, which are looked at when
    /// read): which, and with whom, a row each; the other is empty when there is none.
    /// </summary>
    private static Table Conditions()
    {
        var table = new Table(Name("conditions"));
        table.AddColumn("virtual_server", "uuid").AsPrimaryKey();
        table.AddColumn("type", "text").AsPrimaryKey();
        table.AddColumn("other", "uuid").AsPrimaryKey();
        table.Indexes.Add(new IndexDefinition("conditions_by_type") { Columns = ["type", "virtual_server"] });
        table.Indexes.Add(new IndexDefinition("conditions_by_other") { Columns = ["other"] });
        table.ForeignKeys.Add(new ForeignKey("conditions_of_living")
        {
            LinkedTable = Name("virtual_servers"), ColumnNames = ["virtual_server"], LinkedNames = ["id"], DeleteAction = Weasel.Core.CascadeAction.Cascade,
        });
        return table;
    }

    /// <summary>The answers of commands that gave a request id.</summary>
    private static Table Requests()
    {
        var table = new Table(Name("requests"));
        table.AddColumn("id", "uuid").AsPrimaryKey();
        table.AddColumn("fingerprint", "bytea").NotNull();
        table.AddColumn("answer", "bytea").NotNull();
        table.AddColumn("time", "timestamp with time zone").NotNull();
        table.Indexes.Add(new IndexDefinition("requests_by_time") { Columns = ["time"] });
        return table;
    }

    private static PostgresqlObjectName Name(string table) => new(EventStore.Schema, table, SchemaUtils.IdentifierUsage.General);
}
